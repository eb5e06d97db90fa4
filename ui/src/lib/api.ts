import { type QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";

/* The documents of docs/reference/openapi.yaml. */

export interface Page<T> {
  items: T[];
  /** What could not be listed, in words. */
  warnings?: string[];
  next?: string;
}
export interface Size {
  logical: number;
  new: number;
  stored: number;
}
export interface Bucket {
  name: string;
  account: string;
  description: string;
  created: string;
  files: number;
  versions: number;
  updated?: string;
  stored: number;
}
export interface VersionSummary {
  url: string;
  version: string;
  state: "pending" | "committed" | "aborted";
  created: string;
  title: string;
  message: string;
  labels: Record<string, string>;
  size: Size;
  member_count: number;
  progress: { percent: number; message: string };
  complete: boolean;
}
export interface StoredFile {
  bucket: string;
  name: string;
  versions: number;
  state: string;
  url?: string;
  version?: string;
  title?: string;
  created?: string;
  size?: Size;
  stored: number;
  run: boolean;
}
export interface Member {
  name: string;
  kind: string;
  mount: string;
  url: string;
  size: number;
  files: number;
}
export interface Version {
  url: string;
  account: string;
  bucket: string;
  file: string;
  version: string;
  state: string;
  created: string;
  title: string;
  message: string;
  labels: Record<string, string>;
  metadata: Record<string, string>;
  hash: string;
  size: Size;
  members: Member[];
  attachments?: boolean;
  warnings: string[];
}
/** What deleting a version would free. */
export interface Freed {
  /** Found out in the time that there was. */
  known: boolean;
  chunks: number;
  bytes: number;
  /** What the next collection gives back of it. */
  collected: number;
}
export type EntryType = "directory" | "file" | "link" | "fifo";
export interface Entry {
  name: string;
  /** For people. */
  path: string;
  /** The path, percent-encoded, as queries take it. */
  address: string;
  type: EntryType;
  size: number;
  mode: string;
  modified: string;
  target?: string;
}
export type State = "waiting" | "running" | "succeeded" | "failed" | "skipped" | "cancelled" | "unknown";
export interface Metric {
  name: string;
  value?: unknown;
  step: string;
}
export interface RunSummary {
  bucket: string;
  file: string;
  /** Its uuid; `name` is for people. */
  run: string;
  name: string;
  experiment: string;
  pipeline: string;
  state: State;
  started: string;
  seconds?: number;
  /** How many steps are in each state. */
  steps: Partial<Record<State, number>>;
  metrics: Metric[];
}
export interface Step {
  name: string;
  depends_on: string[];
  state: State;
  started?: string;
  seconds?: number;
  snapshot_seconds?: number;
  /** Rok URLs. */
  before?: string;
  after?: string;
  error?: { cell: number; message: string; traceback: string };
}
export interface Run extends Omit<RunSummary, "steps"> {
  notebook: string;
  finished?: string;
  initial?: string;
  final?: string;
  parameters: Record<string, unknown>;
  steps: Step[];
}
export interface Task {
  url: string;
  bucket: string;
  file: string;
  version: string;
  state: "running";
  title: string;
  started: string;
  progress: { percent: number; message: string };
}

/** What went wrong, in the gateway's words. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly hint: string | undefined,
  ) {
    super(detail);
  }
}

const ROOT = "/api/v1";

async function answer(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: "omit" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, "unreachable", "The gateway does not answer.", "Start it again with: rok serve");
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const said = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  throw new Problem(
    response.status,
    typeof said["code"] === "string" ? said["code"] : "failed",
    typeof said["detail"] === "string" ? said["detail"] : `The gateway answered ${response.status}.`,
    typeof said["hint"] === "string" ? said["hint"] : undefined,
  );
}

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await answer(ROOT + path, { signal, headers: { Accept: "application/json" } });
  return (await response.json()) as T;
}

/** Where a file inside a version, or one of its attachments (`member` null), lies. */
export interface Place {
  bucket: string;
  file: string;
  version: string;
  member: string | null;
}

const e = encodeURIComponent;

export const paths = {
  bucket: (bucket: string) => `/buckets/${e(bucket)}`,
  file: (bucket: string, file: string) => `/buckets/${e(bucket)}/files/${e(file)}`,
  version: (bucket: string, file: string, version: string) =>
    `/buckets/${e(bucket)}/files/${e(file)}/versions/${e(version)}`,
  place: (p: Place) =>
    `${paths.version(p.bucket, p.file, p.version)}/${p.member === null ? "attachments" : `members/${e(p.member)}`}`,
};

/** The address of a file's bytes. `path` is percent-encoded already. */
export function contentUrl(place: Place, path: string, download = false): string {
  return `${ROOT}${paths.place(place)}/content?path=${path}${download ? "&download=1" : ""}`;
}

export interface Head {
  bytes: Uint8Array;
  total: number;
  kind: string;
  type: string;
}

/** The first `limit` bytes of a file, how long it is, and what it was found to be. */
export async function contentHead(place: Place, path: string, limit: number, signal: AbortSignal): Promise<Head> {
  const response = await answer(contentUrl(place, path), { signal, headers: { Range: `bytes=0-${limit - 1}` } });
  const range = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "");
  const body = new Uint8Array(await response.arrayBuffer());
  return {
    bytes: body,
    total: range ? Number(range[1]) : body.length,
    kind: response.headers.get("X-Rok-Kind") ?? "binary",
    type: response.headers.get("Content-Type") ?? "",
  };
}

const PAGE = 200;

/** A list that grows page by page. */
export function useList<T>(path: string, query = "", refresh?: (items: readonly T[]) => number) {
  return useInfiniteQuery({
    queryKey: ["list", path, query],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === "" ? "" : `&cursor=${e(pageParam)}`;
      return get<Page<T>>(`${path}?limit=${PAGE}${query === "" ? "" : `&${query}`}${cursor}`, signal);
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    refetchInterval: (query) => refresh?.(query.state.data?.pages.flatMap((page) => page.items) ?? []) ?? false,
  });
}

export function useBucket(bucket: string) {
  return useQuery({
    queryKey: ["bucket", bucket],
    queryFn: ({ signal }) => get<Bucket>(paths.bucket(bucket), signal),
  });
}

export function useFile(bucket: string, file: string) {
  return useQuery({
    queryKey: ["file", bucket, file],
    queryFn: ({ signal }) => get<StoredFile>(paths.file(bucket, file), signal),
  });
}

/** A version never changes. */
export function useVersion(bucket: string, file: string, version: string) {
  return useQuery({
    queryKey: ["version", bucket, file, version],
    queryFn: ({ signal }) => get<Version>(paths.version(bucket, file, version), signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The whole store is looked at for it, so only when asked; what others wrote meanwhile changes it. */
export function useFreed(bucket: string, file: string, version: string, asked: boolean) {
  return useQuery({
    queryKey: ["freed", bucket, file, version],
    queryFn: ({ signal }) => get<Freed>(`${paths.version(bucket, file, version)}/freed`, signal),
    enabled: asked,
  });
}

export function useEntries(place: Place, path: string) {
  return useInfiniteQuery({
    queryKey: ["entries", place, path],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === "" ? "" : `&cursor=${e(pageParam)}`;
      return get<Page<Entry>>(`${paths.place(place)}/tree?limit=1000&path=${path}${cursor}`, signal);
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useHead(place: Place, path: string, limit: number, enabled = true) {
  return useQuery({
    queryKey: ["head", place, path, limit],
    queryFn: ({ signal }) => contentHead(place, path, limit, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    enabled,
  });
}

export function useRun(bucket: string, file: string) {
  return useQuery({
    queryKey: ["run", bucket, file],
    queryFn: ({ signal }) => get<Run>(`/buckets/${e(bucket)}/runs/${e(file)}`, signal),
    refetchInterval: (query) => (isLive(query.state.data?.state) ? 1500 : false),
  });
}

/** @param refresh milliseconds between looks */
export function useTasks(refresh: number) {
  return useQuery({
    queryKey: ["tasks"],
    queryFn: ({ signal }) => get<Page<Task>>("/tasks", signal),
    refetchInterval: refresh,
  });
}

export function isLive(state: State | undefined): boolean {
  return state === "running" || state === "waiting";
}

/** Not found and refused stay so; only what may pass is asked again. */
export function retries(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500);
}

export function forget(client: QueryClient): Promise<void> {
  return client.invalidateQueries();
}
