import { isLive, type RunSummary, useList } from "../lib/api";
import { duration, metric } from "../lib/format";
import { to } from "../lib/links";
import { Empty, ErrorNote, Unlisted } from "../parts/notes";
import { useTitle } from "../parts/shell";
import { StateMark, stateWord } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";

const ORDER = ["succeeded", "running", "failed", "cancelled", "skipped", "waiting", "unknown"] as const;

/** How far a run came: a segment for each step. */
function Steps({ steps }: { steps: RunSummary["steps"] }) {
  const parts = ORDER.flatMap((state) => ((steps[state] ?? 0) > 0 ? [{ state, count: steps[state] ?? 0 }] : []));
  const said = parts.map((p) => `${p.count} ${stateWord(p.state).toLowerCase()}`).join(", ");
  const total = parts.reduce((sum, p) => sum + p.count, 0);
  return (
    <span className="steps" title={said}>
      <span className="segments" aria-hidden="true">
        {parts.map((p) => (
          <i key={p.state} className={p.state} style={{ flexGrow: p.count }} />
        ))}
      </span>
      <span className="number">
        {steps.succeeded ?? 0}/{total}
      </span>
      <span className="sr">{said}</span>
    </span>
  );
}

function columns(withBucket: boolean): Column<RunSummary>[] {
  return [
    {
      head: "Run",
      cell: (r) => (
        <span className="named">
          <StateMark state={r.state} quiet />
          <span className="name" title={r.file}>
            {r.name || r.file}
          </span>
          {withBucket && <span className="dim">{r.experiment}</span>}
        </span>
      ),
    },
    { head: "Started", cell: (r) => <Ago at={r.started} />, kind: "when" },
    { head: "Steps", cell: (r) => <Steps steps={r.steps} />, kind: "medium", width: "160px" },
    {
      head: "Metrics",
      cell: (r) => (
        <span className="labels">
          {r.metrics.slice(0, 3).map((m) => (
            <span className="chip" key={m.name}>
              <span className="key">{m.name}</span>
              {metric(m.value)}
            </span>
          ))}
        </span>
      ),
      kind: "wide",
    },
    {
      head: "Took",
      cell: (r) => (r.seconds === undefined ? "–" : duration(r.seconds)),
      kind: "right",
      width: "92px",
    },
  ];
}

export function RunList({ bucket }: { bucket?: string }) {
  const path = bucket === undefined ? "/runs" : `/buckets/${encodeURIComponent(bucket)}/runs`;
  const list = useList<RunSummary>(path, "", (runs) => (runs.some((run) => isLive(run.state)) ? 2_000 : 15_000));
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const nothing = list.isSuccess && rows.length === 0;
  return (
    <>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      <Unlisted pages={list.data?.pages} />
      {nothing && (
        <Empty title="No runs yet" command="rok run NOTEBOOK">
          <p>Run a tagged notebook; its steps appear here, each with a snapshot before and after:</p>
        </Empty>
      )}
      {!nothing && !(list.error && rows.length === 0) && (
        <Table
          label="Runs"
          columns={columns(bucket === undefined)}
          rows={rows}
          rowKey={(r) => `${r.bucket}/${r.file}`}
          to={(r) => to.run(r.bucket, r.file)}
          pending={list.isPending || list.isFetchingNextPage}
          more={list.hasNextPage && !list.isFetching ? () => list.fetchNextPage() : undefined}
        />
      )}
    </>
  );
}

export function RunsPage() {
  useTitle("Runs");
  return (
    <>
      <div className="head">
        <div>
          <h1>Runs</h1>
          <p className="dim sub">Notebooks that ran as pipelines, newest first</p>
        </div>
      </div>
      <RunList />
    </>
  );
}
