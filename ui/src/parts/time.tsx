import { useEffect, useState } from "react";
import { ago, instant } from "../lib/format";

let listeners = new Set<() => void>();
let timer: number | undefined;

/** One clock for every relative time on the page. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = () => setNow(Date.now());
    listeners.add(tick);
    timer ??= window.setInterval(() => {
      for (const listener of listeners) listener();
    }, 15_000);
    return () => {
      listeners = new Set([...listeners].filter((listener) => listener !== tick));
      if (listeners.size === 0) {
        window.clearInterval(timer);
        timer = undefined;
      }
    };
  }, []);
  return now;
}

/** How long ago; the instant itself on hover and for machines. */
export function Ago({ at }: { at: string | undefined }) {
  const now = useNow();
  if (at === undefined) return <span className="dim">–</span>;
  return (
    <time dateTime={at} title={instant(at)}>
      {ago(at, now)}
    </time>
  );
}
