import { useState } from "react";
import { contentUrl, type Head, type Place, useHead } from "../lib/api";
import { bytes, plural } from "../lib/format";
import { Empty, Loading } from "../parts/notes";
import { isNumeric, parseCsv } from "./csv";
import { python } from "./highlight";
import { Markdown } from "./markdown";
import { NotebookPreview } from "./notebook";

interface Props {
  head: Head;
  place: Place;
  path: string;
  name: string;
}

/** A notebook is one JSON document: it is rendered whole or not at all. */
const NOTEBOOK_LIMIT = 64 * 1024 * 1024;

/** Shows what the gateway found the bytes to be; a name only chooses how a text is laid out. */
export default function Preview(props: Props) {
  const { head, place, path, name } = props;
  const url = contentUrl(place, path);
  switch (head.kind) {
    case "image":
      return <ImagePreview url={url} name={name} />;
    case "html":
      return <HtmlPreview url={url} {...props} />;
    case "notebook":
      return <WholeNotebook {...props} />;
    case "csv":
      return <CsvPreview {...props} />;
    case "text":
      return /\.(md|markdown)$/i.test(name) ? <MarkdownPreview {...props} /> : <TextPreview {...props} />;
    default:
      return (
        <Empty title={head.total === 0 ? "This file is empty" : "No preview for this kind of file"}>
          {head.total > 0 && <p>{bytes(head.total)} of binary data. Download it to open it.</p>}
        </Empty>
      );
  }
}

/** The text of what was read; a character or line cut by the bound is left out. */
function textOf(head: Head): string {
  const text = new TextDecoder().decode(head.bytes);
  if (head.bytes.length >= head.total) return text;
  const end = text.lastIndexOf("\n");
  return end > 0 ? text.slice(0, end + 1) : text;
}

function Cut({ head }: { head: Head }) {
  if (head.bytes.length >= head.total) return null;
  return (
    <p className="cut">
      The first {bytes(head.bytes.length)} of {bytes(head.total)}. Download the file for the rest.
    </p>
  );
}

function Choice<T extends string>({
  value,
  options,
  onChange,
}: {
  value: T;
  options: readonly T[];
  onChange: (v: T) => void;
}) {
  return (
    <div className="choice" role="group" aria-label="Show as">
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {option}
        </button>
      ))}
    </div>
  );
}

const LINES_STEP = 3000;

function TextPreview({ head, name }: Props) {
  const [linesMax, setLinesMax] = useState(LINES_STEP);
  const lines = textOf(head).split("\n");
  if (lines.at(-1) === "") lines.pop();
  const shown = lines.slice(0, linesMax);
  const source = shown.join("\n");
  return (
    <div className="card">
      <div className="code">
        <pre className="gutter" aria-hidden="true">
          {shown.map((_, i) => i + 1).join("\n")}
        </pre>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{/\.pyw?$/.test(name) && source.length < 300_000 ? <Python source={source} /> : source}</pre>
      </div>
      {lines.length > linesMax && (
        <button type="button" className="button more" onClick={() => setLinesMax(linesMax + 10 * LINES_STEP)}>
          Show more of {plural(lines.length, "line")}
        </button>
      )}
      <Cut head={head} />
    </div>
  );
}

export function Python({ source }: { source: string }) {
  return (
    <>
      {python(source).map((token, i) =>
        token.kind === "plain" ? (
          token.text
        ) : (
          <span key={i} className={`tok-${token.kind}`}>
            {token.text}
          </span>
        ),
      )}
    </>
  );
}

function MarkdownPreview(props: Props) {
  const [as, setAs] = useState<"Rendered" | "Source">("Rendered");
  return (
    <>
      <Choice value={as} options={["Rendered", "Source"]} onChange={setAs} />
      {as === "Source" ? (
        <TextPreview {...props} />
      ) : (
        <div className="card prose padded">
          <Markdown source={textOf(props.head)} />
        </div>
      )}
    </>
  );
}

function ImagePreview({ url, name }: { url: string; name: string }) {
  const [facts, setFacts] = useState("");
  const [failed, setFailed] = useState(false);
  if (failed) return <Empty title="The browser cannot show this image" />;
  return (
    <figure className="card image">
      <img
        src={url}
        alt={name}
        onLoad={(event) => setFacts(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight}`)}
        onError={() => setFailed(true)}
      />
      <figcaption className="dim small">{facts || "\u00a0"}</figcaption>
    </figure>
  );
}

function HtmlPreview(props: Props & { url: string }) {
  const [as, setAs] = useState<"Rendered" | "Source">("Rendered");
  return (
    <>
      <Choice value={as} options={["Rendered", "Source"]} onChange={setAs} />
      {as === "Source" ? (
        <TextPreview {...props} />
      ) : (
        <iframe className="card htmlframe" title={props.name} src={props.url} sandbox="" referrerPolicy="no-referrer" />
      )}
    </>
  );
}

const ROWS_READ = 20_000;

function CsvPreview(props: Props) {
  const [as, setAs] = useState<"Table" | "Source">("Table");
  const [rowsMax, setRowsMax] = useState(200);
  const rows = parseCsv(textOf(props.head), ROWS_READ);
  const [header = [], ...body] = rows;
  const numeric = header.map((_, column) => isNumeric(body, column));
  return (
    <>
      <Choice value={as} options={["Table", "Source"]} onChange={setAs} />
      {as === "Source" ? (
        <TextPreview {...props} />
      ) : (
        <div className="card">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className="grid" tabIndex={0} aria-label={`Rows of ${props.name}`}>
            <table>
              <thead>
                <tr>
                  <th scope="col" className="rownumber">
                    <span className="sr">Row</span>
                  </th>
                  {header.map((cell, i) => (
                    <th key={i} scope="col" className={numeric[i] ? "right" : ""}>
                      {cell}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {body.slice(0, rowsMax).map((row, r) => (
                  <tr key={r}>
                    <td className="rownumber">{r + 1}</td>
                    {header.map((_, i) => (
                      <td key={i} className={numeric[i] ? "right" : ""}>
                        {row[i] ?? ""}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          {body.length > rowsMax && (
            <button type="button" className="button more" onClick={() => setRowsMax(rowsMax + 1000)}>
              Show more of {plural(body.length, "row")}
            </button>
          )}
          <Cut head={props.head} />
        </div>
      )}
    </>
  );
}

function WholeNotebook(props: Props) {
  const { head, place, path } = props;
  const partial = head.bytes.length < head.total;
  const whole = useHead(place, path, NOTEBOOK_LIMIT, partial && head.total <= NOTEBOOK_LIMIT);
  if (head.total > NOTEBOOK_LIMIT) {
    return <Empty title={`A notebook of ${bytes(head.total)} is too large to show`} />;
  }
  if (partial && whole.data === undefined) return <Loading lines={12} />;
  const used = partial ? (whole.data ?? head) : head;
  return <NotebookPreview source={new TextDecoder().decode(used.bytes)} fallback={<TextPreview {...props} />} />;
}
