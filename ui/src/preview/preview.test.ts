import { expect, test } from "vitest";
import { ansi } from "./ansi";
import { isNumeric, parseCsv } from "./csv";
import { python } from "./highlight";
import { safeImage, safeLink } from "./markdown";
import { readNotebook } from "./nbformat";

test("CSV with quotes, line breaks in them, and other separators", () => {
  expect(parseCsv('a,b\r\n"1,5","say ""hi""\nthere"\n\n', 10)).toEqual([["a", "b"], ["1,5", 'say "hi"\nthere'], [""]]);
  expect(parseCsv("\ufeffa;b\n1;2", 10)).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
  expect(parseCsv("a\tb\n", 10)).toEqual([["a", "b"]]);
  expect(parseCsv("x\n".repeat(100), 7)).toHaveLength(7);
  expect(isNumeric([["1"], ["-2.5e3"], [""]], 0)).toBe(true);
  expect(isNumeric([["1"], ["x"]], 0)).toBe(false);
  expect(isNumeric([[""]], 0)).toBe(false);
});

test("a notebook of either format is read, and whatever is wrong in it left out", () => {
  const notebook = readNotebook(
    JSON.stringify({
      cells: [
        { cell_type: "markdown", source: ["# A\n", "b"] },
        {
          cell_type: "code",
          execution_count: 3,
          metadata: { tags: ["step:a", 7] },
          source: "1",
          outputs: [
            { output_type: "stream", name: "stdout", text: "a" },
            { output_type: "stream", name: "stdout", text: ["b\n"] },
            { output_type: "display_data", data: { "text/html": "<b>x</b>", "text/plain": "x" } },
            { output_type: "display_data", data: { "image/png": "iVBO\nRw==", "text/html": "<b>x</b>" } },
            { output_type: "display_data", data: { "text/html": "<script>draw()</script>", "text/plain": "<Figure>" } },
            { output_type: "error", ename: "E", evalue: "v", traceback: [] },
            "nonsense",
          ],
        },
        null,
      ],
    }),
  );
  expect(notebook?.cells.map((cell) => cell.kind)).toEqual(["markdown", "code", "raw"]);
  expect(notebook?.cells[0]?.source).toBe("# A\nb");
  expect(notebook?.cells[1]?.tags).toEqual(["step:a"]);
  expect(notebook?.cells[1]?.outputs).toEqual([
    { kind: "text", text: "ab\n", stream: "stdout" },
    { kind: "html", html: "<b>x</b>" },
    { kind: "image", type: "image/png", data: "iVBORw==", alt: "" },
    { kind: "text", text: "<Figure>", stream: "stdout" },
    { kind: "text", text: "E: v", stream: "error" },
  ]);
  expect(readNotebook('{"worksheets":[{"cells":[{"cell_type":"code","input":"1"}]}]}')?.cells[0]?.source).toBe("1");
  for (const not of ["", "[]", "{}", "null", '"cells"', '{"cells":7}']) expect(readNotebook(not)).toBeNull();
});

test("links lead to other sites or nowhere; images come with the document or not at all", () => {
  expect(safeLink("https://example.org/a")).toBe("https://example.org/a");
  for (const bad of [
    "javascript:alert(1)",
    "JaVaScript:alert(1)",
    "data:text/html,x",
    "../up",
    "//host",
    "vbscript:x",
    "",
  ]) {
    expect(safeLink(bad)).toBeNull();
  }
  expect(safeImage("data:image/png;base64,iVBO")).toBe("data:image/png;base64,iVBO");
  expect(safeImage("attachment:a.png", { "a.png": "data:image/png;base64,iVBO" })).toBe("data:image/png;base64,iVBO");
  for (const bad of ["https://example.org/x.png", "data:image/svg+xml;base64,AA", "attachment:none", "x.png"]) {
    expect(safeImage(bad)).toBeNull();
  }
});

test("what a terminal would show", () => {
  expect(ansi("10%\r100%\n\u001b[1;31mbad\u001b[0m ok\u001b[2K")).toEqual([
    { text: "100%\n", colour: null, bold: false },
    { text: "bad", colour: 1, bold: true },
    { text: " ok", colour: null, bold: false },
  ]);
  expect(ansi("a\r\nb")).toEqual([{ text: "a\nb", colour: null, bold: false }]);
});

test("coloured source is the source", () => {
  const source = "def f(x):  # c\n    return f\"{x}\" + '''a\nb''' + 1e5 + \"open";
  expect(
    python(source)
      .map((token) => token.text)
      .join(""),
  ).toBe(source);
  expect(python(source).find((token) => token.kind === "name")?.text).toBe("f");
  expect(python("x = 'a # b'").some((token) => token.kind === "comment")).toBe(false);
});
