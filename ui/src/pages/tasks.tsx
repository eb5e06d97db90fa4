import { type Task, useTasks } from "../lib/api";
import { to } from "../lib/links";
import { Icon } from "../parts/icons";
import { Empty, ErrorNote, Unlisted } from "../parts/notes";
import { useTitle } from "../parts/shell";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";

const COLUMNS: Column<Task>[] = [
  {
    head: "Snapshot",
    cell: (t) => (
      <span className="named">
        <Icon name="clock" />
        <span className="name">
          {t.bucket}/{t.file}
        </span>
        {t.title && <span className="dim">{t.title}</span>}
      </span>
    ),
  },
  {
    head: "Progress",
    cell: (t) => (
      <span className="progress">
        {/* Without a value it moves to and fro: how much there is to do is not known before the walk is over. */}
        <progress
          max={100}
          {...(t.progress.percent > 0 ? { value: t.progress.percent } : {})}
          aria-label={`Progress of ${t.bucket}/${t.file}`}
        />
        <span className="dim">{t.progress.percent > 0 ? `${t.progress.percent}%` : t.progress.message}</span>
      </span>
    ),
    kind: "",
    width: "34%",
  },
  { head: "Started", cell: (t) => <Ago at={t.started} />, kind: "when" },
];

export function TasksPage() {
  useTitle("Tasks");
  const tasks = useTasks(2_000);
  const rows = tasks.data?.items ?? [];
  return (
    <>
      <div className="head">
        <div>
          <h1>Tasks</h1>
          <p className="dim sub">Snapshots that are being written now</p>
        </div>
      </div>
      {tasks.error && <ErrorNote error={tasks.error} retry={() => tasks.refetch()} />}
      <Unlisted pages={tasks.data && [tasks.data]} />
      {tasks.isSuccess && rows.length === 0 ? (
        <Empty title="Nothing is running">
          <p>Snapshots appear here while they are written, with their progress.</p>
        </Empty>
      ) : (
        !tasks.error && (
          <Table
            label="Tasks"
            columns={COLUMNS}
            rows={rows}
            rowKey={(t) => t.url}
            to={(t) => to.file(t.bucket, t.file)}
            pending={tasks.isPending}
          />
        )
      )}
    </>
  );
}
