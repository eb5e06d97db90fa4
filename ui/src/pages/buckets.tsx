import { useState } from "react";
import { type Bucket, useList } from "../lib/api";
import { bytes, count } from "../lib/format";
import { to } from "../lib/links";
import { Icon } from "../parts/icons";
import { Empty, ErrorNote, Unlisted } from "../parts/notes";
import { Search, useSettled } from "../parts/search";
import { useTitle } from "../parts/shell";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";

const COLUMNS: Column<Bucket>[] = [
  {
    head: "Name",
    cell: (b) => (
      <span className="named">
        <Icon name="bucket" />
        <span className="name" title={b.name}>
          {b.name}
        </span>
        {b.description && <span className="dim">{b.description}</span>}
      </span>
    ),
  },
  { head: "Updated", cell: (b) => <Ago at={b.updated} />, kind: "when" },
  { head: "Files", cell: (b) => count(b.files), kind: "right", width: "88px" },
  {
    head: "Versions",
    cell: (b) => count(b.versions),
    kind: "right medium",
    width: "100px",
  },
  {
    head: "Stored",
    cell: (b) => bytes(b.stored),
    kind: "right medium",
    width: "110px",
  },
];

export function BucketsPage() {
  useTitle("Buckets");
  const [search, setSearch] = useState("");
  const settled = useSettled(search);
  const list = useList<Bucket>("/buckets", settled === "" ? "" : `q=${encodeURIComponent(settled)}`);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const nothing = list.isSuccess && rows.length === 0;
  return (
    <>
      <div className="head">
        <h1>Buckets</h1>
        <Search label="Search buckets" value={search} onChange={setSearch} />
      </div>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      <Unlisted pages={list.data?.pages} />
      {nothing && settled === "" && (
        <Empty title="No buckets yet" command="rok snapshot ~/work --to mine/work">
          <p>A bucket comes into being with its first version. Snapshot a folder, or run a notebook:</p>
        </Empty>
      )}
      {nothing && settled !== "" && <Empty title={`No bucket has “${settled}” in its name`} />}
      {!nothing && !(list.error && rows.length === 0) && (
        <Table
          label="Buckets"
          columns={COLUMNS}
          rows={rows}
          rowKey={(b) => b.name}
          to={(b) => to.bucket(b.name)}
          pending={list.isPending || list.isFetchingNextPage}
          more={list.hasNextPage && !list.isFetching ? () => list.fetchNextPage() : undefined}
        />
      )}
    </>
  );
}
