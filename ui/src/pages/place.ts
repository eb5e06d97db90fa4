import type { Place } from "../lib/api";
import { shortVersion } from "../lib/format";
import { ancestors, to } from "../lib/links";
import type { Crumb } from "../parts/crumbs";

/** From the buckets down to a folder or file inside a version. */
export function placeCrumbs({ bucket, file, version, member }: Place, path: string): Crumb[] {
  return [
    { name: "Buckets", to: to.buckets() },
    { name: bucket, to: to.bucket(bucket) },
    { name: file, to: to.file(bucket, file) },
    { name: shortVersion(version), to: to.version(bucket, file, version), id: true },
    { name: member ?? "Attachments", to: to.folder(bucket, file, version, member, "") },
    ...ancestors(path).map((crumb) => ({
      name: crumb.name,
      to: to.folder(bucket, file, version, member, crumb.path),
    })),
  ];
}
