import { ansi } from "./ansi";

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** Output of a terminal, in its colours. */
export function Terminal({ text }: { text: string }) {
  return (
    <>
      {ansi(text).map((span, i) =>
        span.colour === null && !span.bold ? (
          span.text
        ) : (
          <span
            key={i}
            className={`${span.colour === null ? "" : `ansi-${COLOURS[span.colour]}`} ${span.bold ? "bold" : ""}`}
          >
            {span.text}
          </span>
        ),
      )}
    </>
  );
}
