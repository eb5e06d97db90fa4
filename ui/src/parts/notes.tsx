import type { ReactNode } from "react";
import { Problem } from "../lib/api";
import { Copyable } from "./copy";
import { Icon } from "./icons";

/** What went wrong and what to do; `retry` where asking again may help. */
export function ErrorNote({ error, retry }: { error: Error; retry?: () => void }) {
  const problem = error instanceof Problem ? error : null;
  const title =
    problem === null
      ? "Something went wrong"
      : ({ "not-found": "Not found", damaged: "Damaged", unreachable: "No answer" }[problem.code] ??
        "That did not work");
  return (
    <div className="note bad" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{title}</strong>
        <p>{error.message}</p>
        {problem?.hint !== undefined && <p className="dim">{problem.hint}</p>}
        {retry !== undefined && problem?.code !== "not-found" && (
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

export function Warnings({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <div className="note warn">
      <Icon name="warning" />
      <div>
        <strong>{title}</strong>
        <ul>
          {items.slice(0, 50).map((item, i) => (
            <li key={i}>{item}</li>
          ))}
          {items.length > 50 && <li>and {items.length - 50} more</li>}
        </ul>
      </div>
    </div>
  );
}

/** What a list could not show; the rest of it is there. */
export function Unlisted({ pages }: { pages: readonly { warnings?: string[] }[] | undefined }) {
  const items = [...new Set(pages?.flatMap((page) => page.warnings ?? []) ?? [])];
  return <Warnings title="Some records are damaged and not listed here; everything else is" items={items} />;
}

/** An empty page says what to do next. */
export function Empty({
  title,
  children,
  command,
  alone = false,
}: {
  title: string;
  children?: ReactNode;
  command?: string;
  /** Nothing else is on the page: its title is the page's. */
  alone?: boolean;
}) {
  const Heading = alone ? "h1" : "h2";
  return (
    <div className="empty">
      <Heading>{title}</Heading>
      {children}
      {command !== undefined && <Copyable text={command} what="command" />}
    </div>
  );
}

/** Stands where a text will be, so that nothing moves when it comes. */
export function Bone({ width }: { width: string }) {
  return <span className="bone" style={{ width }} aria-hidden="true" />;
}

export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="sr">Loading</span>
      {Array.from({ length: lines }, (_, i) => (
        <Bone key={i} width={`${70 - ((i * 17) % 40)}%`} />
      ))}
    </div>
  );
}
