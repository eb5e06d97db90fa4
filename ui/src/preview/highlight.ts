/** A piece of source with what it is; `plain` for the rest. */
export interface Token {
  text: string;
  kind: "plain" | "comment" | "string" | "keyword" | "number" | "name";
}

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global " +
    "if import in is lambda match nonlocal not or pass raise return try while with yield case"
  ).split(" "),
);

const PYTHON =
  /(#[^\n]*)|((?:\b[rRbBfFuU]{1,2})?(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|(\b\d[\w.]*)|([A-Za-z_]\w*)/g;

/** Python, coloured. Not a parser: wrong colours are the worst it can do. */
export function python(source: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  let afterDef = false;
  for (const found of source.matchAll(PYTHON)) {
    if (found.index > from) tokens.push({ text: source.slice(from, found.index), kind: "plain" });
    from = found.index + found[0].length;
    const [text, comment, string, number, word] = found;
    if (comment !== undefined) tokens.push({ text, kind: "comment" });
    else if (string !== undefined) tokens.push({ text, kind: "string" });
    else if (number !== undefined) tokens.push({ text, kind: "number" });
    else if (word !== undefined && KEYWORDS.has(word)) tokens.push({ text, kind: "keyword" });
    else tokens.push({ text, kind: afterDef ? "name" : "plain" });
    afterDef = word === "def" || word === "class";
  }
  if (from < source.length) tokens.push({ text: source.slice(from), kind: "plain" });
  return tokens;
}
