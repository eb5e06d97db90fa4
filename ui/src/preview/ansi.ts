/** A piece of terminal output in one style. */
export interface Span {
  text: string;
  colour: number | null;
  bold: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
const ESCAPE = /\u001b\[([0-9;]*)m|\u001b\[[0-9;?]*[A-Za-ln-z]/g;

/** What a terminal would show: carriage returns overwrite the line, colours are kept, other escapes dropped. */
export function ansi(text: string): Span[] {
  const lines = text.replace(/\r+\n/g, "\n").split("\n");
  const shown = lines.map((line) => line.slice(line.lastIndexOf("\r") + 1)).join("\n");
  const spans: Span[] = [];
  let colour: number | null = null;
  let bold = false;
  let from = 0;
  const push = (until: number) => {
    if (until > from) spans.push({ text: shown.slice(from, until), colour, bold });
  };
  for (const found of shown.matchAll(ESCAPE)) {
    push(found.index);
    from = found.index + found[0].length;
    if (found[1] === undefined) continue;
    for (const code of found[1].split(";").map(Number)) {
      if (code === 0) {
        colour = null;
        bold = false;
      } else if (code === 1) bold = true;
      else if (code === 22) bold = false;
      else if (code >= 30 && code <= 37) colour = code - 30;
      else if (code >= 90 && code <= 97) colour = code - 90;
      else if (code === 39) colour = null;
    }
  }
  push(shown.length);
  return spans;
}
