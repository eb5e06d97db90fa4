import type { Run } from "../lib/api";
import { duration } from "../lib/format";
import { stateWord } from "../parts/state";
import { timeline } from "./timeline";

/** When each step ran, and how much of it were snapshots. The table of steps has the numbers. */
export function Gantt({ run }: { run: Run }) {
  const { bars, total, ticks } = timeline(run);
  if (bars.length === 0) return <p className="dim">No step has finished yet.</p>;
  const percent = (seconds: number) => `${total > 0 ? (seconds / total) * 100 : 0}%`;
  return (
    <figure className="gantt">
      <div className="axis" aria-hidden="true">
        <span />
        <span className="ticks">
          {ticks.map((tick) => (
            <i key={tick} style={{ left: percent(tick) }}>
              {duration(tick)}
            </i>
          ))}
        </span>
      </div>
      {bars.map((bar) => (
        <div
          className="row"
          key={bar.name}
          title={`${bar.name}: ${duration(bar.seconds)}, snapshots ${duration(bar.snapshots)}`}
        >
          <span className="name">{bar.name}</span>
          <span
            className="lane"
            role="img"
            aria-label={`${stateWord(bar.state)} in ${duration(bar.seconds)} after ${duration(bar.start)}, snapshots ${duration(bar.snapshots)}`}
          >
            <i className={`bar ${bar.state}`} style={{ left: percent(bar.start), width: percent(bar.seconds) }} />
            <i
              className="bar overhead"
              style={{ left: percent(bar.start + bar.seconds), width: percent(bar.snapshots) }}
            />
          </span>
        </div>
      ))}
      <figcaption className="dim small">
        <i className="swatch step" /> step <i className="swatch overhead" /> snapshots before and after it
      </figcaption>
    </figure>
  );
}
