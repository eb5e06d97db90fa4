import type { State } from "../lib/api";
import { Icon, type IconName } from "./icons";

const LOOK: Record<State, { icon: IconName; word: string }> = {
  waiting: { icon: "dots", word: "Waiting" },
  running: { icon: "clock", word: "Running" },
  succeeded: { icon: "check", word: "Succeeded" },
  failed: { icon: "cross", word: "Failed" },
  skipped: { icon: "dash", word: "Skipped" },
  cancelled: { icon: "dash", word: "Cancelled" },
  unknown: { icon: "dots", word: "Unknown" },
};

export function stateWord(state: State): string {
  return (LOOK[state] ?? LOOK.unknown).word;
}

/** Never colour alone: an icon, and the word (for screen readers only where `quiet`). */
export function StateMark({ state, quiet = false }: { state: State; quiet?: boolean }) {
  const look = LOOK[state] ?? LOOK.unknown;
  return (
    <span className={`state ${state}`} title={look.word}>
      <span className="disc">
        <Icon name={look.icon} />
      </span>
      <span className={quiet ? "sr" : ""}>{look.word}</span>
    </span>
  );
}
