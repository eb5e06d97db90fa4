import { Link, useParams } from "react-router";
import { paths, useFile, useList, type VersionSummary } from "../lib/api";
import { plural, shortVersion } from "../lib/format";
import { to } from "../lib/links";
import { CopyButton } from "../parts/copy";
import { Crumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { Labels } from "../parts/labels";
import { Empty, ErrorNote, Unlisted } from "../parts/notes";
import { useTitle } from "../parts/shell";
import { SizeBar } from "../parts/sizes";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";

const COLUMNS: Column<VersionSummary>[] = [
  {
    head: "Version",
    cell: (v) => (
      <span className="named">
        <Icon name={v.state === "committed" ? "versions" : v.state === "pending" ? "clock" : "cross"} />
        <span className="name">{v.title || "Untitled"}</span>
        <code className="id" title={v.version}>
          {shortVersion(v.version)}
        </code>
      </span>
    ),
  },
  { head: "Labels", cell: (v) => <About version={v} />, kind: "wide", width: "25%" },
  { head: "Created", cell: (v) => <Ago at={v.created} />, kind: "when" },
  {
    head: "Size",
    cell: (v) => (v.state === "committed" ? <SizeBar size={v.size} /> : "–"),
    kind: "right medium",
    width: "210px",
  },
  {
    head: "URL",
    cell: (v) => <CopyButton text={v.url} what="Rok URL" />,
    kind: "right act",
    width: "64px",
  },
];

function About({ version }: { version: VersionSummary }) {
  if (version.state !== "committed")
    return (
      <span className="dim">
        {version.state === "pending" ? `being written, ${version.progress.percent}%` : `given up: ${version.message}`}
      </span>
    );
  return (
    <span className="about-version">
      {!version.complete && <span className="chip warn">incomplete</span>}
      <Labels labels={version.labels} most={2} />
    </span>
  );
}

export function FilePage() {
  const { bucket = "", file = "" } = useParams();
  const about = useFile(bucket, file);
  const list = useList<VersionSummary>(`${paths.file(bucket, file)}/versions`);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  useTitle(file, bucket);
  return (
    <>
      <Crumbs
        items={[{ name: "Buckets", to: to.buckets() }, { name: bucket, to: to.bucket(bucket) }, { name: file }]}
      />
      <div className="head">
        <div>
          <h1>{file}</h1>
          <p className="dim sub">{about.data === undefined ? <>&nbsp;</> : plural(about.data.versions, "version")}</p>
        </div>
        {about.data?.run && (
          <Link className="button primary" to={to.run(bucket, file)}>
            <Icon name="run" />
            <span>Show as a run</span>
          </Link>
        )}
      </div>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      <Unlisted pages={list.data?.pages} />
      {list.isSuccess && rows.length === 0 && <Empty title="No versions: all of them were deleted" />}
      {!(list.error && rows.length === 0) && !(list.isSuccess && rows.length === 0) && (
        <Table
          label={`Versions of ${file}`}
          columns={COLUMNS}
          rows={rows}
          rowKey={(v) => v.version}
          to={(v) => (v.state === "committed" ? to.version(bucket, file, v.version) : undefined)}
          pending={list.isPending || list.isFetchingNextPage}
          more={list.hasNextPage && !list.isFetching ? () => list.fetchNextPage() : undefined}
        />
      )}
    </>
  );
}
