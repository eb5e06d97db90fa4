import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Navigate, RouterProvider } from "react-router";
import { retries } from "./lib/api";
import { BrowsePage } from "./pages/browse";
import { BucketPage } from "./pages/bucket";
import { BucketsPage } from "./pages/buckets";
import { FilePage } from "./pages/file";
import { CrashPage, NothingPage } from "./pages/nothing";
import { RunPage } from "./pages/run";
import { RunsPage } from "./pages/runs";
import { TasksPage } from "./pages/tasks";
import { VersionPage } from "./pages/version";
import { ViewPage } from "./pages/view";
import { Shell } from "./parts/shell";
import "./styles.css";

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: 3_000, gcTime: 600_000, retry: retries, refetchOnWindowFocus: true } },
});

const version = "buckets/:bucket/files/:file/versions/:version";

const router = createBrowserRouter(
  [
    {
      element: <Shell />,
      errorElement: <CrashPage />,
      children: [
        { index: true, element: <Navigate to="/buckets" replace /> },
        { path: "buckets", element: <BucketsPage /> },
        { path: "buckets/:bucket", element: <BucketPage tab="files" /> },
        { path: "buckets/:bucket/runs", element: <BucketPage tab="runs" /> },
        { path: "buckets/:bucket/runs/:file", element: <RunPage /> },
        { path: "buckets/:bucket/files/:file", element: <FilePage /> },
        { path: version, element: <VersionPage /> },
        { path: `${version}/browse/:member`, element: <BrowsePage /> },
        { path: `${version}/view/:member`, element: <ViewPage /> },
        { path: `${version}/attachments`, element: <BrowsePage /> },
        { path: `${version}/attachments/view`, element: <ViewPage /> },
        { path: "runs", element: <RunsPage /> },
        { path: "tasks", element: <TasksPage /> },
        { path: "*", element: <NothingPage /> },
      ],
    },
  ],
  { basename: "/rok" },
);

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
