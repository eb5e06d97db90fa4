import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { Run, Step } from "../lib/api";
import { duration } from "../lib/format";
import { to, versionOf } from "../lib/links";
import { StateMark, stateWord } from "../parts/state";
import { curve, layers, layout, type PlacedNode, type Shape } from "./layout";

const MARGIN = 12;
const LAYER_GAP = 44;
/** A step's box: as wide as the room allows, and never too narrow to tell one from another. */
const WIDTH_MIN = 136;
const WIDTH_MAX = 200;

/** Left to right; from top to bottom where that is too wide and nothing, or little, runs side by side. */
function shapeFor(run: Run, room: number): Shape {
  const perLayer = new Map<number, number>();
  for (const layer of layers(run.steps).values()) perLayer.set(layer, (perLayer.get(layer) ?? 0) + 1);
  const fit = Math.floor((room + LAYER_GAP) / Math.max(1, perLayer.size)) - LAYER_GAP;
  const beside = Math.max(1, ...perLayer.values());
  const down = Math.floor((room + 16) / beside) - 16;
  if (fit < WIDTH_MIN && down >= WIDTH_MIN) {
    return { direction: "down", width: Math.min(down, WIDTH_MAX), height: 56, layerGap: 36, nodeGap: 16 };
  }
  const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, fit));
  return { direction: "right", width, height: 56, layerGap: LAYER_GAP, nodeGap: 20 };
}

/** The steps of a run. The table of steps says the same in words. */
export function Graph({ run }: { run: Run }) {
  const box = useRef<HTMLElement>(null);
  const [room, setRoom] = useState(() => innerWidth - 300);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setRoom(element.clientWidth - 24 - 2 * MARGIN));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const shape = shapeFor(run, room);
  const drawing = layout(run.steps, shape);
  const steps = new Map(run.steps.map((step) => [step.name, step]));
  const width = drawing.width + 2 * MARGIN;
  const height = drawing.height + 2 * MARGIN;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="graph" ref={box} tabIndex={0} aria-label="Graph of the steps">
      <div className="canvas" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          <g transform={`translate(${MARGIN} ${MARGIN})`}>
            {drawing.edges.map((edge) => (
              <path
                key={`${edge.from}→${edge.to}`}
                d={curve(edge.points, shape.direction)}
                className={`edge ${steps.get(edge.from)?.state === "succeeded" ? "done" : ""}`}
              />
            ))}
          </g>
        </svg>
        {drawing.nodes.map((node) => (
          <Node key={node.name} node={node} shape={shape} run={run} step={steps.get(node.name) as Step} />
        ))}
      </div>
    </section>
  );
}

function Node({ node, shape, run, step }: { node: PlacedNode; shape: Shape; run: Run; step: Step }) {
  const style = { left: node.x + MARGIN, top: node.y + MARGIN, width: shape.width, height: shape.height };
  const target = step.after ?? step.before;
  const over = step.state === "succeeded" || step.state === "failed";
  const facts =
    over && step.seconds !== undefined
      ? `${duration(step.seconds)}${step.snapshot_seconds ? ` + ${duration(step.snapshot_seconds)}` : ""}`
      : step.state === "running" && step.seconds !== undefined
        ? `running, ${duration(step.seconds)}`
        : stateWord(step.state).toLowerCase();
  const body = (
    <>
      <StateMark state={step.state} quiet />
      <span className="text">
        <span className="name" title={step.name}>
          {step.name}
        </span>
        <span className="facts" title="Time of the step, and of the snapshots around it">
          {facts}
        </span>
      </span>
    </>
  );
  return (
    <div className={`node ${step.state} ${shape.direction}`} style={style}>
      <Dot run={run} step={step} phase="before" />
      {target === undefined ? (
        <span className="body">{body}</span>
      ) : (
        <Link className="body" to={to.version(run.bucket, run.file, versionOf(target))}>
          {body}
        </Link>
      )}
      <Dot run={run} step={step} phase="after" />
    </div>
  );
}

function Dot({ run, step, phase }: { run: Run; step: Step; phase: "before" | "after" }) {
  const version = step[phase];
  if (version === undefined) return <span className={`dot ${phase} none`} />;
  return (
    <Link
      className={`dot ${phase}`}
      to={to.version(run.bucket, run.file, versionOf(version))}
      title={`Version ${phase} ${step.name}`}
      aria-label={`Version ${phase} ${step.name}`}
    />
  );
}
