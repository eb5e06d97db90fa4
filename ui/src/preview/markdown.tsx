import { Lexer, type Token, type Tokens } from "marked";
import { Fragment, memo, type ReactNode } from "react";

/**
 * Markdown as React elements. HTML inside it is shown as text, links go to http, https and mailto only, and images are
 * those that the notebook itself carries: nothing is loaded from elsewhere and nothing stored becomes markup.
 */
export const Markdown = memo(function Markdown({
  source,
  images = {},
}: {
  source: string;
  images?: Record<string, string>;
}) {
  return <>{blocks(Lexer.lex(source, { gfm: true }), images)}</>;
});

type Images = Record<string, string>;

function blocks(tokens: Token[], images: Images): ReactNode {
  return tokens.map((token, i) => <Fragment key={i}>{block(token, images)}</Fragment>);
}

function block(token: Token, images: Images): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      const { depth, tokens } = token as Tokens.Heading;
      // A document's headings stand below the page's own.
      const Heading = `h${Math.min(6, depth + 1)}` as "h2";
      return <Heading className={`size${depth}`}>{inline(tokens, images)}</Heading>;
    }
    case "paragraph":
      return <p>{inline((token as Tokens.Paragraph).tokens, images)}</p>;
    case "blockquote":
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens, images)}</blockquote>;
    case "code":
      return (
        <pre>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case "hr":
      return <hr />;
    case "list": {
      const list = token as Tokens.List;
      const items = list.items.map((item, i) => (
        <li key={i}>
          {item.task && <input type="checkbox" checked={item.checked ?? false} readOnly disabled aria-label="Task" />}
          {blocks(item.tokens, images)}
        </li>
      ));
      return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return <Table table={token as Tokens.Table} images={images} />;
    case "text": {
      const text = token as Tokens.Text;
      return text.tokens ? inline(text.tokens, images) : text.text;
    }
    case "html":
      return <p className="rawhtml">{(token as Tokens.HTML).text}</p>;
    default:
      return inline([token], images);
  }
}

function Table({ table, images }: { table: Tokens.Table; images: Images }) {
  const cell = (c: Tokens.TableCell) => (c.align === "right" ? "right" : "");
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            {table.header.map((c, i) => (
              <th key={i} className={cell(c)}>
                {inline(c.tokens, images)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, r) => (
            <tr key={r}>
              {row.map((c, i) => (
                <td key={i} className={cell(c)}>
                  {inline(c.tokens, images)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(tokens: Token[], images: Images): ReactNode {
  return tokens.map((token, i) => <Fragment key={i}>{piece(token, images)}</Fragment>);
}

function piece(token: Token, images: Images): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inline((token as Tokens.Strong).tokens, images)}</strong>;
    case "em":
      return <em>{inline((token as Tokens.Em).tokens, images)}</em>;
    case "del":
      return <del>{inline((token as Tokens.Del).tokens, images)}</del>;
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "br":
      return <br />;
    case "link": {
      const link = token as Tokens.Link;
      const href = safeLink(link.href);
      const content = inline(link.tokens, images);
      if (href === null) return <span title={link.href}>{content}</span>;
      return (
        <a href={href} target="_blank" rel="noopener noreferrer nofollow">
          {content}
        </a>
      );
    }
    case "image": {
      const image = token as Tokens.Image;
      const source = safeImage(image.href, images);
      return source === null ? (
        <span className="dim">[image: {image.text || image.href}]</span>
      ) : (
        <img src={source} alt={image.text} />
      );
    }
    case "text": {
      const text = token as Tokens.Text;
      return text.tokens ? inline(text.tokens, images) : plain(text.text);
    }
    case "escape":
      return (token as Tokens.Escape).text;
    default:
      return plain(token.raw);
  }
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|nbsp|#\d{1,6});/g, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const code = Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** A link that leads out of the page, or null. */
export function safeLink(href: string): string | null {
  try {
    const url = new URL(href);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null; // Relative links lead nowhere: the document is not where it was.
  }
}

const RASTER = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;

/** An image that is part of the document, or null. */
export function safeImage(href: string, images: Images = {}): string | null {
  const attached = href.startsWith("attachment:") ? images[href.slice("attachment:".length)] : undefined;
  const source = attached ?? href;
  return RASTER.test(source) ? source : null;
}
