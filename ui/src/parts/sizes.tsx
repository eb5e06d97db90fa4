import type { Size } from "../lib/api";
import { bytes } from "../lib/format";

function share(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  return Math.min(100, Math.max(1.5, (part / whole) * 100));
}

/** New against shared bytes, small enough for a list. */
export function SizeBar({ size }: { size: Size }) {
  const fresh = share(size.new, size.logical);
  return (
    <span
      className="sizebar"
      title={`${bytes(size.logical)}, of which ${bytes(size.new)} new; stored as ${bytes(size.stored)}`}
    >
      <span className="track" aria-hidden="true">
        <span className="fresh" style={{ width: `${fresh}%` }} />
      </span>
      <span className="number">{bytes(size.logical)}</span>
    </span>
  );
}

/** The same, large, with the numbers. */
export function SizePicture({ size }: { size: Size }) {
  const fresh = share(size.new, size.logical);
  const stored = share(size.stored, size.logical);
  const saved = size.logical > 0 ? 100 - (size.stored / size.logical) * 100 : 0;
  return (
    <div className="sizepicture">
      <div className="track tall" aria-hidden="true">
        <span className="fresh" style={{ width: `${fresh}%` }} />
        <span className="kept" style={{ width: `${stored}%` }} />
      </div>
      <dl className="figures">
        <div>
          <dt>
            <i className="swatch shared" /> Logical
          </dt>
          <dd>{bytes(size.logical)}</dd>
        </div>
        <div>
          <dt>
            <i className="swatch fresh" /> New
          </dt>
          <dd>{bytes(size.new)}</dd>
        </div>
        <div>
          <dt>
            <i className="swatch kept" /> Stored
          </dt>
          <dd>{bytes(size.stored)}</dd>
        </div>
      </dl>
      {size.logical > 0 && saved >= 0.1 && (
        <p className="dim small">
          The store grew by {saved >= 99.95 ? "less than 0.1" : (100 - saved).toFixed(1)}% of what this version holds.
        </p>
      )}
    </div>
  );
}
