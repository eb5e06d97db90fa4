/**
 * A layered drawing of a graph of steps: each step in the layer after the last one it depends on, few crossings, straight
 * where possible. Pure: the same steps give the same drawing.
 */

export interface GraphStep {
  name: string;
  depends_on: string[];
}
export interface Point {
  x: number;
  y: number;
}
export interface PlacedNode extends Point {
  name: string;
  layer: number;
}
export interface PlacedEdge {
  from: string;
  to: string;
  /** Where the edge leaves, passes each layer in between, and arrives. */
  points: Point[];
}
export interface Drawing {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}
export interface Shape {
  direction: "right" | "down";
  width: number;
  height: number;
  /** Between layers, and between neighbours of one layer. */
  layerGap: number;
  nodeGap: number;
}

/** A step, or the place where a long edge passes through a layer. */
interface Cell {
  step: string | null;
  layer: number;
  extent: number;
  at: number;
  before: Cell[];
  after: Cell[];
}

const SWEEPS = 12;

export function layers(steps: readonly GraphStep[]): Map<string, number> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const result = new Map<string, number>();
  const open = new Set<string>();
  const layerOf = (step: GraphStep): number => {
    const known = result.get(step.name);
    if (known !== undefined) return known;
    if (open.has(step.name)) return -1; // A cycle: the record is wrong, the drawing goes on.
    open.add(step.name);
    let layer = 0;
    for (const name of step.depends_on) {
      const dependency = byName.get(name);
      if (dependency !== undefined) layer = Math.max(layer, layerOf(dependency) + 1);
    }
    open.delete(step.name);
    result.set(step.name, layer);
    return layer;
  };
  for (const step of steps) layerOf(step);
  return result;
}

export function layout(steps: readonly GraphStep[], shape: Shape): Drawing {
  const layerOf = layers(steps);
  const across = shape.direction === "right" ? shape.height : shape.width;
  const cells = new Map<string, Cell>();
  const rows: Cell[][] = [];
  const add = (step: string | null, layer: number): Cell => {
    const cell: Cell = { step, layer, extent: step === null ? 8 : across, at: 0, before: [], after: [] };
    while (rows.length <= layer) rows.push([]);
    rows[layer]?.push(cell);
    return cell;
  };
  for (const step of steps) cells.set(step.name, add(step.name, layerOf.get(step.name) ?? 0));

  const routes: { from: string; to: string; cells: Cell[] }[] = [];
  for (const step of steps) {
    const target = cells.get(step.name) as Cell;
    for (const name of new Set(step.depends_on)) {
      const source = cells.get(name);
      if (source === undefined || source.layer >= target.layer) continue;
      const route = [source];
      for (let layer = source.layer + 1; layer < target.layer; layer++) route.push(add(null, layer));
      route.push(target);
      for (let i = 1; i < route.length; i++) {
        (route[i - 1] as Cell).after.push(route[i] as Cell);
        (route[i] as Cell).before.push(route[i - 1] as Cell);
      }
      routes.push({ from: name, to: step.name, cells: route });
    }
  }
  order(rows);
  place(rows, shape.nodeGap);
  return draw(rows, routes, shape);
}

/** Sorts each layer by where its neighbours are, sweeping forth and back, and keeps the order with the fewest crossings. */
function order(rows: Cell[][]): void {
  let best = rows.map((row) => [...row]);
  let fewest = crossings(rows);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const forth = sweep % 2 === 0;
    const sequence = forth ? rows.slice(1) : rows.slice(0, -1).reverse();
    for (const row of sequence) {
      const weight = new Map<Cell, number>();
      const index = new Map<Cell, number>();
      const beside = rows[(row[0]?.layer ?? 0) + (forth ? -1 : 1)] ?? [];
      beside.forEach((cell, i) => {
        index.set(cell, i);
      });
      row.forEach((cell, i) => {
        const near = forth ? cell.before : cell.after;
        weight.set(cell, near.length === 0 ? i : mean(near.map((c) => index.get(c) ?? 0)));
      });
      row.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
    }
    const now = crossings(rows);
    if (now < fewest) {
      fewest = now;
      best = rows.map((row) => [...row]);
    }
  }
  best.forEach((row, i) => {
    rows[i] = row;
  });
}

function crossings(rows: Cell[][]): number {
  let total = 0;
  for (let layer = 0; layer + 1 < rows.length; layer++) {
    const index = new Map<Cell, number>();
    rows[layer + 1]?.forEach((cell, i) => {
      index.set(cell, i);
    });
    const ends = (rows[layer] ?? []).flatMap((cell) => cell.after.map((c) => index.get(c) ?? 0).sort((a, b) => a - b));
    for (let i = 0; i < ends.length; i++) {
      for (let j = i + 1; j < ends.length; j++) {
        if ((ends[i] as number) > (ends[j] as number)) total++;
      }
    }
  }
  return total;
}

/** Moves each cell towards the middle of its neighbours, keeping order and distances. */
function place(rows: Cell[][], gap: number): void {
  for (const row of rows) {
    spread(
      row,
      row.map(() => 0),
      gap,
    );
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const sequence = sweep % 2 === 0 ? rows : [...rows].reverse();
    for (const row of sequence) {
      const wanted = row.map((cell) => {
        const near = [...cell.before, ...cell.after];
        return near.length === 0 ? cell.at : mean(near.map((c) => c.at));
      });
      spread(row, wanted, gap);
    }
  }
  const least = Math.min(0, ...rows.flat().map((cell) => cell.at - cell.extent / 2));
  for (const cell of rows.flat()) cell.at -= least;
}

/**
 * The positions nearest to the wanted ones (least squares) that keep the order and the distances: with the distances
 * taken off, that is isotonic regression, solved by pooling neighbours that are out of order.
 */
function spread(row: Cell[], wanted: number[], gap: number): void {
  const offsets: number[] = [];
  let offset = 0;
  row.forEach((cell, i) => {
    if (i > 0) offset += ((row[i - 1] as Cell).extent + cell.extent) / 2 + gap;
    offsets.push(offset);
  });
  const pools: { sum: number; size: number }[] = [];
  wanted.forEach((value, i) => {
    let pool = { sum: value - (offsets[i] as number), size: 1 };
    for (let last = pools.at(-1); last && last.sum / last.size > pool.sum / pool.size; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, size: pool.size + last.size };
    }
    pools.push(pool);
  });
  let i = 0;
  for (const pool of pools) {
    for (let n = 0; n < pool.size; n++, i++) (row[i] as Cell).at = pool.sum / pool.size + (offsets[i] as number);
  }
}

function draw(rows: Cell[][], routes: { from: string; to: string; cells: Cell[] }[], shape: Shape): Drawing {
  const right = shape.direction === "right";
  const along = right ? shape.width : shape.height;
  const point = (at: number, distance: number): Point => (right ? { x: distance, y: at } : { x: at, y: distance });
  const start = (cell: Cell) => cell.layer * (along + shape.layerGap);

  const nodes = rows.flat().flatMap((cell) => {
    if (cell.step === null) return [];
    const corner = point(cell.at - cell.extent / 2, start(cell));
    return [{ name: cell.step, layer: cell.layer, ...corner }];
  });
  const edges = routes.map(({ from, to, cells }) => ({
    from,
    to,
    points: cells.flatMap((cell, i) => {
      if (i === 0) return [point(cell.at, start(cell) + along)];
      if (i === cells.length - 1) return [point(cell.at, start(cell))];
      return [point(cell.at, start(cell)), point(cell.at, start(cell) + along)];
    }),
  }));
  const acrossSize = Math.max(0, ...rows.flat().map((cell) => cell.at + cell.extent / 2));
  const alongSize = Math.max(0, rows.length * along + (rows.length - 1) * shape.layerGap);
  return { nodes, edges, width: right ? alongSize : acrossSize, height: right ? acrossSize : alongSize };
}

/** A smooth SVG path through the points of an edge. */
export function curve(points: readonly Point[], direction: Shape["direction"]): string {
  let path = "";
  points.forEach((p, i) => {
    const last = points[i - 1];
    if (last === undefined) {
      path = `M${round(p.x)} ${round(p.y)}`;
    } else if (direction === "right") {
      const middle = round((last.x + p.x) / 2);
      path += `C${middle} ${round(last.y)} ${middle} ${round(p.y)} ${round(p.x)} ${round(p.y)}`;
    } else {
      const middle = round((last.y + p.y) / 2);
      path += `C${round(last.x)} ${middle} ${round(p.x)} ${middle} ${round(p.x)} ${round(p.y)}`;
    }
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function mean(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
