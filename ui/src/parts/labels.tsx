/** What tells versions of one file apart comes first, what they all share last. */
const RANK = ["step", "phase", "state", "seconds"];

function rank(key: string): number {
  const found = RANK.indexOf(key);
  return found >= 0 ? found : key === "run" ? RANK.length + 1 : RANK.length;
}

/** Labels as chips, the telling ones first; `most` of them where there is little room. */
export function Labels({ labels, most = 100 }: { labels: Record<string, string>; most?: number }) {
  const all = Object.entries(labels).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return (
    <span className="labels">
      {all.slice(0, most).map(([key, value]) => (
        <span className="chip" key={key} title={`${key}: ${value}`}>
          <span className="key">{key}</span>
          {value}
        </span>
      ))}
      {all.length > most && <span className="dim small">+{all.length - most}</span>}
    </span>
  );
}
