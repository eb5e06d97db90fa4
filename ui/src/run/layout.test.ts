import { expect, test } from "vitest";
import type { Run } from "../lib/api";
import { curve, type Drawing, type GraphStep, layers, layout, type Shape } from "./layout";
import { asOf, ticks, timeline } from "./timeline";

const SHAPE: Shape = { direction: "right", width: 100, height: 40, layerGap: 50, nodeGap: 20 };
const SEED = 7;

const DIAMOND: GraphStep[] = [
  { name: "load", depends_on: [] },
  { name: "svm", depends_on: ["load"] },
  { name: "tree", depends_on: ["load"] },
  { name: "results", depends_on: ["svm", "tree"] },
];

function overlaps(drawing: Drawing): string[] {
  const found: string[] = [];
  for (const a of drawing.nodes) {
    for (const b of drawing.nodes) {
      if (a.name < b.name && Math.abs(a.x - b.x) < SHAPE.width && Math.abs(a.y - b.y) < SHAPE.height) {
        found.push(`${a.name} and ${b.name}`);
      }
    }
  }
  return found;
}

test("fan-out and fan-in stand in three layers, symmetrically", () => {
  const drawing = layout(DIAMOND, SHAPE);
  const at = Object.fromEntries(drawing.nodes.map((n) => [n.name, n]));
  expect([at["load"]?.x, at["svm"]?.x, at["tree"]?.x, at["results"]?.x]).toEqual([0, 150, 150, 300]);
  expect(at["load"]?.y).toBeCloseTo(at["results"]?.y ?? -1);
  expect(((at["svm"]?.y ?? 0) + (at["tree"]?.y ?? 0)) / 2).toBeCloseTo(at["load"]?.y ?? -1);
  expect(drawing.width).toBe(400);
  expect(drawing.height).toBeCloseTo(100);
});

test("from top to bottom it is the same turned round", () => {
  const drawing = layout(DIAMOND, { ...SHAPE, direction: "down" });
  expect(drawing.height).toBe(3 * 40 + 2 * 50);
  expect(new Set(drawing.nodes.map((n) => n.y))).toEqual(new Set([0, 90, 180]));
});

test("a step stands after the longest way to it", () => {
  const steps = [...DIAMOND, { name: "report", depends_on: ["load", "results"] }];
  expect(layers(steps).get("report")).toBe(3);
  const edge = layout(steps, SHAPE).edges.find((e) => e.from === "load" && e.to === "report");
  expect(edge?.points).toHaveLength(6);
});

test("two chains that are listed crosswise are drawn without a crossing", () => {
  const steps = [
    { name: "a", depends_on: [] },
    { name: "b", depends_on: [] },
    { name: "y", depends_on: ["b"] },
    { name: "x", depends_on: ["a"] },
  ];
  const at = Object.fromEntries(layout(steps, SHAPE).nodes.map((n) => [n.name, n.y]));
  expect(Math.sign((at["a"] ?? 0) - (at["b"] ?? 0))).toBe(Math.sign((at["x"] ?? 0) - (at["y"] ?? 0)));
});

test("records that are wrong are drawn all the same", () => {
  const odd = [
    { name: "a", depends_on: ["b", "nowhere"] },
    { name: "b", depends_on: ["a"] },
    { name: "c", depends_on: ["c", "a", "a"] },
  ];
  expect(layout(odd, SHAPE).nodes).toHaveLength(3);
  expect(layout([], SHAPE)).toEqual({ nodes: [], edges: [], width: 0, height: 0 });
});

test(`no two steps of random graphs overlap, and none is left out (seed ${SEED})`, () => {
  let state = SEED;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % below;
  };
  for (let round = 0; round < 60; round++) {
    const size = 1 + random(30);
    const steps = Array.from({ length: size }, (_, i) => ({
      name: `s${i}`,
      depends_on: Array.from({ length: random(4) }, () => `s${random(Math.max(1, i))}`).filter((n) => n !== `s${i}`),
    }));
    const drawing = layout(steps, SHAPE);
    expect(drawing.nodes).toHaveLength(size);
    expect(overlaps(drawing)).toEqual([]);
    for (const node of drawing.nodes) {
      expect(node.x >= 0 && node.y >= -0.001 && node.x + 100 <= drawing.width + 0.001).toBe(true);
      expect(node.y + 40).toBeLessThanOrEqual(drawing.height + 0.001);
    }
    for (const edge of drawing.edges) expect(curve(edge.points, "right")).toMatch(/^M[-\d. ]+(C[-\d. ]+)+$/);
  }
});

test("the time line begins with the run, and follows what a step depends on where its start is not known", () => {
  const started = "2026-03-04T12:00:00Z";
  const step = { state: "succeeded" as const, snapshot_seconds: 0.5 };
  const { bars, total } = timeline({
    started,
    steps: [
      { ...step, name: "a", depends_on: [], started: "2026-03-04T12:00:02Z", seconds: 4 },
      { ...step, name: "b", depends_on: ["a"], seconds: 3 },
      { name: "c", depends_on: ["b"], state: "waiting", seconds: 0 },
    ],
  });
  expect(bars.map((bar) => [bar.name, bar.start, bar.seconds, bar.snapshots])).toEqual([
    ["a", 2, 4, 0.5],
    ["b", 6.5, 3, 0.5],
  ]);
  expect(total).toBe(10);
});

test("ticks are round", () => {
  expect(ticks(10)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks(47)).toEqual([0, 10, 20, 30, 40]);
  expect(ticks(0.9)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(ticks(0)).toEqual([0]);
  expect(ticks(1e9).length).toBeLessThanOrEqual(50);
});

test("the clock of a run that goes on does not stand still between its changes", () => {
  const run = {
    state: "running",
    started: "2026-03-04T12:00:00Z",
    seconds: 1,
    steps: [
      { name: "a", depends_on: [], state: "succeeded", started: "2026-03-04T12:00:00Z", seconds: 4 },
      { name: "b", depends_on: [], state: "running", started: "2026-03-04T12:00:05Z", seconds: 0, snapshot_seconds: 1 },
      { name: "c", depends_on: [], state: "waiting", seconds: 0 },
    ],
  } as unknown as Run;
  const now = asOf(run, Date.parse("2026-03-04T12:00:10Z"));
  expect([now.seconds, ...now.steps.map((step) => step.seconds)]).toEqual([10, 4, 4, 0]);
  const over = { ...run, state: "failed" } as Run;
  expect(asOf(over, Date.now())).toBe(over);
});
