import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { to } from "../lib/links";

const KEYS: readonly [string, string][] = [
  ["/", "Search"],
  ["↓ ↑ or j k", "Next, previous in a list"],
  ["Enter", "Open"],
  ["Esc", "Close, or one level up"],
  ["g b", "Buckets"],
  ["g r", "Runs"],
  ["g t", "Tasks"],
  ["c", "Copy the Rok URL of this page"],
  ["?", "These keys"],
];

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** The keys that work everywhere, and the dialog that tells them. */
export function Keys({ open, setOpen }: { open: boolean; setOpen: (open: boolean) => void }) {
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const leader = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const afterG = event.timeStamp - leader.current < 1000;
      leader.current = Number.NEGATIVE_INFINITY;
      const places: Record<string, string> = { b: to.buckets(), r: to.runs(), t: to.tasks() };
      const place = afterG ? places[event.key] : undefined;
      if (place !== undefined) {
        navigate(place);
      } else if (event.key === "g") {
        leader.current = event.timeStamp;
        return;
      } else if (event.key === "/") {
        document.querySelector<HTMLInputElement>("[data-search]")?.focus();
      } else if (event.key === "?") {
        setOpen(true);
      } else if (event.key === "Escape") {
        const crumbs = document.querySelectorAll<HTMLAnchorElement>("a[data-crumb]");
        crumbs[crumbs.length - 1]?.click();
      } else if (event.key === "c") {
        document.querySelector<HTMLButtonElement>("[data-primary-copy] button")?.click();
      } else if (event.key === "ArrowDown" || event.key === "j") {
        const rows = document.querySelector<HTMLElement>("a[data-row]");
        if (rows === null || document.activeElement?.closest("[data-index]")) return;
        rows.focus();
      } else {
        return;
      }
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [navigate, setOpen]);

  return (
    <dialog ref={dialog} className="keys" onClose={() => setOpen(false)} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </dialog>
  );
}
