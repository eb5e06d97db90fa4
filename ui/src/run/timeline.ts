import type { Run, Step } from "../lib/api";

/** One bar of the time line; seconds from the start of the run. */
export interface Bar {
  name: string;
  state: Step["state"];
  start: number;
  /** The step itself, and the snapshots around it. */
  seconds: number;
  snapshots: number;
}

export interface Timeline {
  bars: Bar[];
  total: number;
  ticks: number[];
}

/**
 * The run as it stands at an instant (milliseconds): what its document says is as old as its last change, so the clock of
 * what still runs goes on here.
 */
export function asOf(run: Run, now: number): Run {
  const since = (iso: string, least: number) => Math.max(least, (now - Date.parse(iso)) / 1000);
  const steps = run.steps.map((step) =>
    step.state === "running" && step.started !== undefined
      ? { ...step, seconds: Math.max(0, since(step.started, step.seconds ?? 0) - (step.snapshot_seconds ?? 0)) }
      : step,
  );
  return run.state === "running" ? { ...run, steps, seconds: since(run.started, run.seconds ?? 0) } : run;
}

/** Where a step's start was not recorded it is taken to follow what it depends on. */
export function timeline(run: Pick<Run, "started" | "steps">): Timeline {
  const origin = Date.parse(run.started);
  const ends = new Map<string, number>();
  const bars: Bar[] = [];
  for (const step of run.steps) {
    if (step.seconds === undefined || step.state === "waiting" || step.state === "skipped") continue;
    const recorded = step.started === undefined ? Number.NaN : (Date.parse(step.started) - origin) / 1000;
    const start = Number.isFinite(recorded)
      ? Math.max(0, recorded)
      : Math.max(0, ...step.depends_on.map((name) => ends.get(name) ?? 0));
    const snapshots = step.snapshot_seconds ?? 0;
    ends.set(step.name, start + step.seconds + snapshots);
    bars.push({ name: step.name, state: step.state, start, seconds: step.seconds, snapshots });
  }
  const total = Math.max(0, ...ends.values());
  return { bars, total, ticks: ticks(total) };
}

/** Round instants from 0 to `total`, about five of them. */
export function ticks(total: number): number[] {
  if (!(total > 0)) return [0];
  const step = niceStep(total / 5);
  const marks: number[] = [];
  for (let i = 0; i * step <= total * 1.0001 && i < 50; i++) marks.push(Number((i * step).toPrecision(12)));
  return marks;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

function niceStep(wanted: number): number {
  const found = STEPS.find((step) => step >= wanted);
  if (wanted > 0.5 && found !== undefined) return found;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const digit = wanted / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}
