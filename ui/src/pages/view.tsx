import { lazy, Suspense } from "react";
import { useLocation, useParams } from "react-router";
import { contentUrl, type Place, useHead } from "../lib/api";
import { bytes } from "../lib/format";
import { ancestors, rawPath } from "../lib/links";
import { Crumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { ErrorNote, Loading } from "../parts/notes";
import { useTitle } from "../parts/shell";
import { placeCrumbs } from "./place";

// Markdown and notebooks are most of the code behind a preview; lists do without.
const Preview = lazy(() => import("../preview/preview"));

/** What a preview reads at most of a file. */
const LIMIT = 2 * 1024 * 1024;

/** One file inside a version. */
export function ViewPage() {
  const { bucket = "", file = "", version = "", member } = useParams();
  const path = rawPath(useLocation().search);
  const place: Place = { bucket, file, version, member: member ?? null };
  const head = useHead(place, path, LIMIT);
  const name = ancestors(path).at(-1)?.name ?? "";
  useTitle(name, file);
  return (
    <>
      <Crumbs items={placeCrumbs(place, path)} />
      <div className="head">
        <div>
          <h1>{name}</h1>
          <p className="dim sub">{head.data === undefined ? <>&nbsp;</> : bytes(head.data.total)}</p>
        </div>
        <a className="button" href={contentUrl(place, path, true)} download>
          <Icon name="download" />
          <span>Download</span>
        </a>
      </div>
      {head.error && <ErrorNote error={head.error} retry={() => head.refetch()} />}
      {head.isPending && <Loading lines={12} />}
      {head.data && (
        <Suspense fallback={<Loading lines={12} />}>
          <Preview head={head.data} place={place} path={path} name={name} />
        </Suspense>
      )}
    </>
  );
}
