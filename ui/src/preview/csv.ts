/** Rows of a CSV or TSV text (RFC 4180 quotes), at most `rowsMax` of them; a last line cut short is dropped by the caller. */
export function parseCsv(text: string, rowsMax: number): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (; i < text.length && rows.length < rowsMax; i++) {
    const c = text[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator) {
      row.push(cell);
      cell = "";
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++;
      row.push(cell);
      rows.push(row);
      row = [];
      cell = "";
    } else cell += c;
  }
  if ((cell !== "" || row.length > 0) && rows.length < rowsMax) {
    row.push(cell);
    rows.push(row);
  }
  return rows;
}

/** The separator that the first line has most of. */
function separatorOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/));
  let best = ",";
  let most = 0;
  for (const candidate of [",", "\t", ";", "|"]) {
    const found = line.split(candidate).length - 1;
    if (found > most) {
      most = found;
      best = candidate;
    }
  }
  return best;
}

/** Whether a column holds numbers, and is set to the right. */
export function isNumeric(rows: readonly string[][], column: number): boolean {
  let seen = 0;
  for (const row of rows.slice(0, 100)) {
    const cell = row[column]?.trim() ?? "";
    if (cell === "") continue;
    if (Number.isNaN(Number(cell))) return false;
    seen++;
  }
  return seen > 0;
}
