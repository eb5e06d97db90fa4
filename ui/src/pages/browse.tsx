import { useRef, useState } from "react";
import { useLocation, useParams } from "react-router";
import { type Entry, type EntryType, type Place, useEntries } from "../lib/api";
import { bytes } from "../lib/format";
import { ancestors, display, rawPath, to } from "../lib/links";
import { Crumbs } from "../parts/crumbs";
import { Icon, type IconName } from "../parts/icons";
import { Empty, ErrorNote } from "../parts/notes";
import { Search } from "../parts/search";
import { useTitle } from "../parts/shell";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { placeCrumbs } from "./place";

const ICON: Record<EntryType, IconName> = {
  directory: "folder",
  file: "file",
  link: "link",
  fifo: "pipe",
};

const COLUMNS: Column<Entry>[] = [
  {
    head: "Name",
    cell: (entry) => (
      <span className={`named kind-${entry.type}`}>
        <Icon name={ICON[entry.type]} />
        <span className="name" title={entry.name}>
          {entry.name}
        </span>
        {entry.target !== undefined && <span className="dim">→ {entry.target}</span>}
        {entry.type === "fifo" && <span className="chip">fifo</span>}
      </span>
    ),
  },
  { head: "Modified", cell: (entry) => <Ago at={entry.modified} />, kind: "when medium" },
  { head: "Mode", cell: (entry) => <code className="dim">{entry.mode}</code>, kind: "wide", width: "80px" },
  {
    head: "Size",
    cell: (entry) => (entry.type === "file" ? bytes(entry.size) : ""),
    kind: "right",
    width: "104px",
  },
];

/** The folders and files inside a member of a version, or its attachments. */
export function BrowsePage() {
  const { bucket = "", file = "", version = "", member } = useParams();
  const path = rawPath(useLocation().search);
  const place: Place = { bucket, file, version, member: member ?? null };
  const list = useEntries(place, path);
  const [filter, setFilter] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const all = list.data?.pages.flatMap((page) => page.items) ?? [];
  const wanted = filter.toLowerCase();
  const rows = sorted(wanted === "" ? all : all.filter((entry) => entry.name.toLowerCase().includes(wanted)));
  const here = ancestors(path).at(-1)?.name ?? member ?? "Attachments";
  useTitle(here, file);
  return (
    <>
      <Crumbs items={placeCrumbs(place, path)} />
      <div className="head">
        <h1>{here}</h1>
        <Search label="Filter this folder" value={filter} onChange={setFilter} ref={search} />
      </div>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {list.isSuccess && all.length === 0 && <Empty title="This folder is empty" />}
      {list.isSuccess && all.length > 0 && rows.length === 0 && (
        <Empty title={`Nothing here has “${filter}” in its name`} />
      )}
      {!(list.isSuccess && rows.length === 0) && !(list.error && all.length === 0) && (
        <Table
          key={path}
          label={`Entries of ${display(path) || here}`}
          columns={COLUMNS}
          rows={rows}
          rowKey={(entry) => entry.address}
          to={(entry) =>
            entry.type === "directory"
              ? to.folder(bucket, file, version, place.member, entry.address)
              : entry.type === "file"
                ? to.view(bucket, file, version, place.member, entry.address)
                : undefined
          }
          pending={list.isPending || list.isFetchingNextPage}
          more={list.hasNextPage && !list.isFetching ? () => list.fetchNextPage() : undefined}
        />
      )}
    </>
  );
}

/** Folders first; within each, the order of the bytes of their names, as the store has it. */
function sorted(entries: Entry[]): Entry[] {
  return [
    ...entries.filter((entry) => entry.type === "directory"),
    ...entries.filter((entry) => entry.type !== "directory"),
  ];
}
