import { useState } from "react";
import { NavLink, useParams } from "react-router";
import { type StoredFile, useBucket, useList } from "../lib/api";
import { count, plural, shellWord } from "../lib/format";
import { to } from "../lib/links";
import { Crumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { Empty, ErrorNote, Unlisted } from "../parts/notes";
import { Search, useSettled } from "../parts/search";
import { useTitle } from "../parts/shell";
import { SizeBar } from "../parts/sizes";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { RunList } from "./runs";

const COLUMNS: Column<StoredFile>[] = [
  {
    head: "Name",
    cell: (f) => (
      <span className="named">
        <Icon name={f.run ? "run" : "file"} />
        <span className="name" title={f.name}>
          {f.name}
        </span>
        {f.title && <span className="dim">{f.title}</span>}
      </span>
    ),
  },
  { head: "Updated", cell: (f) => <Ago at={f.created} />, kind: "when" },
  { head: "Versions", cell: (f) => count(f.versions), kind: "right", width: "92px" },
  {
    head: "Size of the newest",
    cell: (f) => (f.size ? <SizeBar size={f.size} /> : "–"),
    kind: "right medium",
    width: "210px",
  },
];

export function BucketPage({ tab }: { tab: "files" | "runs" }) {
  const { bucket = "" } = useParams();
  const about = useBucket(bucket);
  useTitle(...(tab === "runs" ? ["Runs"] : []), bucket);
  return (
    <>
      <Crumbs items={[{ name: "Buckets", to: to.buckets() }, { name: bucket }]} />
      <div className="head">
        <div>
          <h1>{bucket}</h1>
          <p className="dim sub">
            {about.data === undefined ? <>&nbsp;</> : about.data.description || plural(about.data.files, "file")}
          </p>
        </div>
      </div>
      <nav className="tabs" aria-label="Parts of the bucket">
        <NavLink to={to.bucket(bucket)} end>
          Files
        </NavLink>
        <NavLink to={to.bucketRuns(bucket)}>Runs</NavLink>
      </nav>
      {tab === "files" ? <Files bucket={bucket} /> : <RunList bucket={bucket} />}
    </>
  );
}

function Files({ bucket }: { bucket: string }) {
  const [search, setSearch] = useState("");
  const settled = useSettled(search);
  const list = useList<StoredFile>(
    `/buckets/${encodeURIComponent(bucket)}/files`,
    settled === "" ? "" : `q=${encodeURIComponent(settled)}`,
  );
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const nothing = list.isSuccess && rows.length === 0;
  return (
    <>
      <div className="tools">
        <Search label="Search files" value={search} onChange={setSearch} />
      </div>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      <Unlisted pages={list.data?.pages} />
      {nothing && settled === "" && (
        <Empty title="No files in this bucket" command={`rok snapshot ~/work --to ${shellWord(`${bucket}/work`)}`}>
          <p>Snapshot a folder into it:</p>
        </Empty>
      )}
      {nothing && settled !== "" && <Empty title={`No file has “${settled}” in its name`} />}
      {!nothing && !(list.error && rows.length === 0) && (
        <Table
          label={`Files of ${bucket}`}
          columns={COLUMNS}
          rows={rows}
          rowKey={(f) => f.name}
          to={(f) => to.file(bucket, f.name)}
          pending={list.isPending || list.isFetchingNextPage}
          more={list.hasNextPage && !list.isFetching ? () => list.fetchNextPage() : undefined}
        />
      )}
    </>
  );
}
