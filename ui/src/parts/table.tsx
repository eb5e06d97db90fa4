import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Link } from "react-router";
import { Bone } from "./notes";

export interface Column<T> {
  head: string;
  cell: (row: T) => ReactNode;
  /** Classes: `right` for numbers, `wide` and `medium` for what narrow screens leave out. */
  kind?: string;
  width?: string;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** Where a row leads; it wraps the first column, and the whole row takes the click. */
  to: (row: T) => string | undefined;
  /** No answer yet: bones instead of rows. */
  pending?: boolean;
  /** Called when the end comes into view. */
  more?: (() => void) | undefined;
}

const ROW = 41;
const VIRTUAL_FROM = 200;
const OVERSCAN = 12;

/**
 * A list: arrow keys move, Enter opens. Long ones draw only the rows in view, so that 100 000 rows scroll like ten.
 */
export function Table<T>({ label, columns, rows, rowKey, to, pending = false, more }: TableProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [view, setView] = useState({ from: 0, to: 80 });
  const virtual = rows.length > VIRTUAL_FROM;

  const measure = useCallback(() => {
    const element = body.current;
    if (element === null) return;
    const top = -element.getBoundingClientRect().top;
    const from = Math.max(0, Math.floor(top / ROW) - OVERSCAN);
    const until = Math.ceil((top + window.innerHeight) / ROW) + OVERSCAN;
    setView((old) => (old.from === from && old.to === until ? old : { from, to: until }));
  }, []);

  useLayoutEffect(() => {
    measure();
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [measure]);

  const count = rows.length;
  useEffect(() => {
    if (more !== undefined && view.to >= count) more();
  }, [more, view.to, count]);

  const first = virtual ? Math.min(view.from, count) : 0;
  const last = virtual ? Math.min(view.to, count) : count;

  const focusRow = (index: number) => {
    const element = body.current;
    if (element === null || index < 0 || index >= count) return;
    if (virtual && (index < first || index >= last)) {
      scrollTo({ top: element.getBoundingClientRect().top + scrollY + index * ROW - innerHeight / 2 });
      flushSync(measure);
    }
    const target = element.querySelector<HTMLElement>(`[data-index="${index}"] a[data-row]`);
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest("[data-index]");
    if (row === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = Number(row.getAttribute("data-index"));
    const page = Math.max(1, Math.floor(innerHeight / ROW) - 4);
    const targets: Record<string, number> = {
      ArrowDown: index + 1,
      j: index + 1,
      ArrowUp: index - 1,
      k: index - 1,
      Home: 0,
      End: count - 1,
      PageDown: Math.min(count - 1, index + page),
      PageUp: Math.max(0, index - page),
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    focusRow(target);
  };

  return (
    <div className="tablewrap">
      <table aria-label={label} aria-busy={pending} aria-rowcount={count + 1}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.head} className={column.kind ?? ""} style={column.width ? { width: column.width } : {}} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={column.kind ?? ""}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
          {first > 0 && <Spacer rows={first} />}
          {rows.slice(first, last).map((row, i) => {
            const target = to(row);
            const index = first + i;
            return (
              <tr key={rowKey(row)} data-index={index} aria-rowindex={index + 2}>
                {columns.map((column, c) => (
                  <td key={column.head} className={column.kind ?? ""}>
                    {c === 0 && target !== undefined ? (
                      <Link to={target} data-row className="rowlink">
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
          {last < count && <Spacer rows={count - last} />}
          {pending &&
            Array.from({ length: count > 0 ? 3 : 8 }, (_, i) => (
              <tr key={`bone${i}`} aria-hidden="true">
                {columns.map((column, c) => (
                  <td key={column.head} className={column.kind ?? ""}>
                    <Bone width={c === 0 ? `${80 - ((i * 23) % 45)}%` : "60%"} />
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ rows }: { rows: number }) {
  return <tr aria-hidden="true" className="spacer" style={{ height: `${rows * ROW}px` }} />;
}
