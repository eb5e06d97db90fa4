/* Reads nbformat 3 and 4 of any origin: whatever is not as it should be is left out, never trusted. */

export interface Notebook {
  language: string;
  cells: Cell[];
}
export interface Cell {
  kind: "code" | "markdown" | "raw";
  source: string;
  count: number | null;
  tags: string[];
  outputs: Output[];
  /** Attached images as data URLs, by name. */
  images: Record<string, string>;
}
export type Output =
  | { kind: "text"; text: string; stream: "stdout" | "stderr" | "error" }
  | { kind: "image"; type: string; data: string; alt: string }
  | { kind: "html"; html: string }
  | { kind: "markdown"; text: string };

type Json = Record<string, unknown>;

/** Outputs beyond this are cut: a cell that printed a gigabyte would stop the browser. */
const TEXT_MAX = 200_000;

export function readNotebook(text: string): Notebook | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const root = object(document);
  const sheets = list(root["worksheets"]).map(object);
  const cells = Array.isArray(root["cells"]) ? root["cells"] : sheets[0] ? list(sheets[0]["cells"]) : null;
  if (cells === null) return null;
  const metadata = object(root["metadata"]);
  const language =
    string(object(metadata["language_info"])["name"]) || string(object(metadata["kernelspec"])["language"]);
  return { language: language || "python", cells: cells.map((cell) => readCell(object(cell))) };
}

function readCell(cell: Json): Cell {
  const type = string(cell["cell_type"]);
  const counted = cell["execution_count"] ?? cell["prompt_number"];
  return {
    kind: type === "code" ? "code" : type === "markdown" || type === "heading" ? "markdown" : "raw",
    source: joined(cell["source"] ?? cell["input"]),
    count: typeof counted === "number" ? counted : null,
    tags: list(object(cell["metadata"])["tags"]).filter((tag) => typeof tag === "string"),
    outputs: merge(list(cell["outputs"]).flatMap((output) => readOutput(object(output)))),
    images: readImages(object(cell["attachments"])),
  };
}

function readImages(attachments: Json): Record<string, string> {
  const images: Record<string, string> = {};
  for (const [name, bundle] of Object.entries(attachments)) {
    for (const [type, data] of Object.entries(object(bundle))) {
      if (type.startsWith("image/")) images[name] = `data:${type};base64,${joined(data)}`;
    }
  }
  return images;
}

function readOutput(output: Json): Output[] {
  switch (output["output_type"]) {
    case "stream": {
      const name = output["name"] ?? output["stream"];
      return [{ kind: "text", text: cut(joined(output["text"])), stream: name === "stderr" ? "stderr" : "stdout" }];
    }
    case "error":
    case "pyerr": {
      const trace = list(output["traceback"]).map(string).join("\n");
      const text = trace || `${string(output["ename"])}: ${string(output["evalue"])}`;
      return [{ kind: "text", text: cut(text), stream: "error" }];
    }
    case "execute_result":
    case "display_data":
    case "pyout":
      return readBundle(object(output["data"] ?? output));
    default:
      return [];
  }
}

/** The richest representation that can be shown without running anything. */
function readBundle(data: Json): Output[] {
  const alt = joined(data["text/plain"] ?? data["text"]);
  for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
    const image = joined(data[type] ?? data[type.slice(6)]);
    if (image !== "") return [{ kind: "image", type, data: image.replace(/\s/g, ""), alt }];
  }
  const svg = joined(data["image/svg+xml"] ?? data["svg"]);
  if (svg !== "") return [{ kind: "image", type: "svg", data: svg, alt }];
  const html = joined(data["text/html"] ?? data["html"]);
  // A plot that is drawn by a script would stay empty: its text says more.
  if (html !== "" && !(alt !== "" && /<script/i.test(html) && !/<table/i.test(html))) return [{ kind: "html", html }];
  const markdown = joined(data["text/markdown"]);
  if (markdown !== "") return [{ kind: "markdown", text: markdown }];
  return alt === "" ? [] : [{ kind: "text", text: cut(alt), stream: "stdout" }];
}

/** Pieces of one stream that follow each other are one text. */
function merge(outputs: Output[]): Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.kind === "text" && last?.kind === "text" && last.stream === output.stream && output.stream !== "error") {
      merged[merged.length - 1] = { ...last, text: cut(last.text + output.text) };
    } else {
      merged.push(output);
    }
  }
  return merged;
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}\n… cut here: ${text.length} characters` : text;
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A text, or the list of its lines. */
function joined(value: unknown): string {
  return Array.isArray(value) ? value.map(string).join("") : string(value);
}
