/* Where things are in the page. Paths inside a version stay percent-encoded: they are bytes, not text. */

const e = encodeURIComponent;

export const to = {
  buckets: () => "/buckets",
  bucket: (b: string) => `/buckets/${e(b)}`,
  bucketRuns: (b: string) => `/buckets/${e(b)}/runs`,
  file: (b: string, f: string) => `/buckets/${e(b)}/files/${e(f)}`,
  version: (b: string, f: string, v: string) => `/buckets/${e(b)}/files/${e(f)}/versions/${e(v)}`,
  folder: (b: string, f: string, v: string, member: string | null, path: string) =>
    `${to.version(b, f, v)}/${member === null ? "attachments" : `browse/${e(member)}`}${query(path)}`,
  view: (b: string, f: string, v: string, member: string | null, path: string) =>
    `${to.version(b, f, v)}/${member === null ? "attachments/view" : `view/${e(member)}`}${query(path)}`,
  run: (b: string, f: string) => `/buckets/${e(b)}/runs/${e(f)}`,
  runs: () => "/runs",
  tasks: () => "/tasks",
};

function query(path: string): string {
  return path === "" ? "" : `?path=${path}`;
}

/** The raw `path` of a query string: URLSearchParams would decode it, and bytes that are no UTF-8 would be lost. */
export function rawPath(search: string): string {
  const found = /[?&]path=([^&]*)/.exec(search);
  return found?.[1] ?? "";
}

/** A percent-encoded name for people; bytes that are no UTF-8 become U+FFFD. */
export function display(encoded: string): string {
  const out: number[] = [];
  for (let i = 0; i < encoded.length; i++) {
    const hex = encoded[i] === "%" ? Number.parseInt(encoded.slice(i + 1, i + 3), 16) : Number.NaN;
    if (Number.isNaN(hex)) {
      for (const byte of new TextEncoder().encode(encoded[i])) out.push(byte);
    } else {
      out.push(hex);
      i += 2;
    }
  }
  return new TextDecoder().decode(new Uint8Array(out));
}

export interface Crumb {
  name: string;
  path: string;
}

/** The folders above and including `path`, outermost first. */
export function ancestors(path: string): Crumb[] {
  const crumbs: Crumb[] = [];
  let at = "";
  for (const part of path.split("/").filter((p) => p !== "")) {
    at = at === "" ? part : `${at}/${part}`;
    crumbs.push({ name: display(part), path: at });
  }
  return crumbs;
}

/** The version that a Rok URL names. */
export function versionOf(url: string): string {
  return /[?&]version=([^&]*)/.exec(url)?.[1] ?? "";
}
