import { useEffect, useState } from "react";
import { Icon } from "./icons";

/** Copies `text`; says so in place and to screen readers. */
export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    // Browsers offer the clipboard to secure pages only; loopback counts as one.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => setState("copied"),
      () => setState("failed"),
    );
  };
  const said = state === "copied" ? "Copied" : state === "failed" ? "Not copied: select the text instead" : "";
  return (
    <button
      type="button"
      className={`button copy ${label === undefined ? "bare" : ""} ${state}`}
      onClick={copy}
      title={said || `Copy ${what}`}
      aria-label={`Copy ${what}`}
    >
      <Icon name={state === "copied" ? "check" : state === "failed" ? "cross" : "copy"} />
      {label !== undefined && <span>{state === "copied" ? "Copied" : label}</span>}
      <span className="sr" role="status">
        {said}
      </span>
    </button>
  );
}

/** A Rok URL, or a command: monospace, on one line, copied whole. */
export function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span className="copyable">
      <code title={text}>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
