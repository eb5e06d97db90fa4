import { memo, type ReactNode, useEffect, useRef, useState } from "react";
import { plural } from "../lib/format";
import { Markdown, safeImage } from "./markdown";
import { type Cell, type Output, readNotebook } from "./nbformat";
import { Python } from "./preview";
import { Terminal } from "./terminal";

const CELLS_STEP = 150;

/** A notebook with its outputs, as Jupyter shows it. `fallback` stands in for what turns out to be none. */
export const NotebookPreview = memo(function NotebookPreview({
  source,
  fallback,
}: {
  source: string;
  fallback: ReactNode;
}) {
  const [cellsMax, setCellsMax] = useState(CELLS_STEP);
  const notebook = readNotebook(source);
  if (notebook === null) return fallback;
  const isPython = notebook.language === "python";
  return (
    <div className="notebook">
      {notebook.cells.slice(0, cellsMax).map((cell, i) => (
        <CellView key={i} cell={cell} isPython={isPython} />
      ))}
      {notebook.cells.length === 0 && <p className="dim">This notebook has no cells.</p>}
      {notebook.cells.length > cellsMax && (
        <button type="button" className="button more" onClick={() => setCellsMax(cellsMax + 10 * CELLS_STEP)}>
          Show all {plural(notebook.cells.length, "cell")}
        </button>
      )}
    </div>
  );
});

function CellView({ cell, isPython }: { cell: Cell; isPython: boolean }) {
  const tags = cell.tags.length > 0 && (
    <div className="celltags">
      {cell.tags.map((tag) => (
        <span className="chip" key={tag}>
          {tag}
        </span>
      ))}
    </div>
  );
  if (cell.kind !== "code") {
    return (
      <div className="cell prose">
        {tags}
        {cell.kind === "markdown" ? <Markdown source={cell.source} images={cell.images} /> : <pre>{cell.source}</pre>}
      </div>
    );
  }
  return (
    <div className="cell codecell">
      {tags}
      <div className="in">
        <span className="prompt" aria-hidden="true">
          [{cell.count ?? " "}]
        </span>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{isPython ? <Python source={cell.source} /> : cell.source}</pre>
      </div>
      {cell.outputs.length > 0 && (
        <div className="out">
          {cell.outputs.map((output, i) => (
            <OutputView key={i} output={output} />
          ))}
        </div>
      )}
    </div>
  );
}

function OutputView({ output }: { output: Output }) {
  switch (output.kind) {
    case "text":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre tabIndex={0} className={output.stream === "stdout" ? "" : output.stream}>
          <Terminal text={output.text} />
        </pre>
      );
    case "image": {
      const source =
        output.type === "svg" ? svgUrl(output.data) : safeImage(`data:${output.type};base64,${output.data}`);
      return source === null ? null : <img src={source} alt={output.alt} />;
    }
    case "html":
      return <HtmlOutput html={output.html} />;
    case "markdown":
      return (
        <div className="prose">
          <Markdown source={output.text} />
        </div>
      );
  }
}

/** As an image an SVG can neither run scripts nor load anything. */
function svgUrl(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

const HEIGHT_MAX = 1200;

/** HTML of an output, in a document of its own that can reach nothing (public/frame.js). */
function HtmlOutput({ html }: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(60);
  useEffect(() => {
    const dark = () => {
      const chosen = document.documentElement.dataset["theme"];
      return chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    };
    const show = () =>
      // The frame's origin is opaque, so it can't be named; what is sent is only what the frame shows anyway.
      frame.current?.contentWindow?.postMessage({ html, theme: dark() ? "dark" : "light" }, "*");
    const hear = (event: MessageEvent) => {
      if (event.source !== frame.current?.contentWindow) return;
      const said = event.data as { ready?: unknown; height?: unknown } | null;
      if (said?.ready === true) show();
      if (typeof said?.height === "number" && said.height >= 0) setHeight(Math.min(HEIGHT_MAX, Math.ceil(said.height)));
    };
    addEventListener("message", hear);
    const system = matchMedia("(prefers-color-scheme: dark)");
    addEventListener("rok-theme", show);
    system.addEventListener("change", show);
    show();
    return () => {
      removeEventListener("message", hear);
      removeEventListener("rok-theme", show);
      system.removeEventListener("change", show);
    };
  }, [html]);
  return (
    <iframe
      ref={frame}
      className="htmloutput"
      title="Output"
      src="/rok/frame.html"
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      style={{ height }}
    />
  );
}
