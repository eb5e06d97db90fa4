import { useState } from "react";
import { Link, useParams } from "react-router";
import { type Freed, useFreed, useVersion, type Version } from "../lib/api";
import { bytes, count, plural, shellWord, shortVersion } from "../lib/format";
import { to } from "../lib/links";
import { Copyable, CopyButton } from "../parts/copy";
import { Crumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { Labels } from "../parts/labels";
import { ErrorNote, Loading, Warnings } from "../parts/notes";
import { useTitle } from "../parts/shell";
import { SizePicture } from "../parts/sizes";
import { Ago } from "../parts/time";

export function VersionPage() {
  const { bucket = "", file = "", version = "" } = useParams();
  const query = useVersion(bucket, file, version);
  useTitle(query.data?.title || shortVersion(version), file);
  return (
    <>
      <Crumbs
        items={[
          { name: "Buckets", to: to.buckets() },
          { name: bucket, to: to.bucket(bucket) },
          { name: file, to: to.file(bucket, file) },
          { name: shortVersion(version), id: true },
        ]}
      />
      {query.error && <ErrorNote error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading lines={9} />}
      {query.data && <Content version={query.data} />}
    </>
  );
}

function Content({ version }: { version: Version }) {
  const { bucket, file, version: id } = version;
  const metadata = Object.entries(version.metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const isRun = "pipeline" in version.metadata || "step" in version.labels || "run" in version.labels;
  return (
    <>
      <div className="head">
        <div>
          <h1>{version.title || file}</h1>
          <p className="dim sub">
            {version.members.length > 1 ? `A group of ${version.members.length} volumes` : "One volume"}, snapshotted{" "}
            <Ago at={version.created} />
          </p>
        </div>
        {isRun && (
          <Link className="button" to={to.run(bucket, file)}>
            <Icon name="run" />
            <span>Show its run</span>
          </Link>
        )}
      </div>
      {version.message !== "" && <p className="message">{version.message}</p>}
      <Warnings title="This version is not complete, or changed while it was read" items={version.warnings} />
      <section className="urlbar" aria-label="Rok URL" data-primary-copy>
        <span className="key">Rok URL</span>
        <code title={version.url}>{version.url}</code>
        <CopyButton text={version.url} what="Rok URL" label="Copy" />
      </section>
      <div className="split">
        <div>
          <section>
            <h2>Members</h2>
            <ul className="members">
              {version.members.map((member, i) => (
                <li key={member.name}>
                  <Link to={to.folder(bucket, file, id, member.name, "")} data-row className="rowlink">
                    <Icon name="folder" />
                    <span className="name">{member.name}</span>
                    {i === 0 && version.members.length > 1 && <span className="chip">workspace</span>}
                  </Link>
                  <span className="dim mount">
                    {member.mount !== "" && <code title="Where it is mounted">{member.mount}</code>}
                  </span>
                  <span className="dim number medium">{plural(member.files, "file")}</span>
                  <span className="number">{bytes(member.size)}</span>
                  <CopyButton text={member.url} what={`Rok URL of ${member.name}`} />
                </li>
              ))}
              {version.attachments && (
                <li>
                  <Link to={to.folder(bucket, file, id, null, "")} data-row className="rowlink">
                    <Icon name="file" />
                    <span className="name">Attachments</span>
                  </Link>
                  <span className="dim">executed notebook and logs</span>
                </li>
              )}
            </ul>
          </section>
          <section>
            <h2>Restore</h2>
            <p className="dim">Into a folder, byte for byte as it was; files that are already there are left alone:</p>
            <Copyable text={`rok restore ${shellWord(`${bucket}/${file}@${id}`)} DIR`} what="restore command" />
          </section>
          <Delete version={version} />
        </div>
        <aside>
          <section>
            <h2>Size</h2>
            <SizePicture size={version.size} />
          </section>
          <section>
            <h2>About</h2>
            <dl className="about">
              <div>
                <dt>Version</dt>
                <dd>
                  <Copyable text={id} what="version" />
                </dd>
              </div>
              <div>
                <dt>Created</dt>
                <dd>
                  <Ago at={version.created} />
                </dd>
              </div>
              <div>
                <dt>Files</dt>
                <dd>{count(version.members.reduce((sum, m) => sum + m.files, 0))}</dd>
              </div>
              <div>
                <dt>Hash</dt>
                <dd>
                  <Copyable text={version.hash} what="hash" />
                </dd>
              </div>
              {Object.keys(version.labels).length > 0 && (
                <div className="tall">
                  <dt>Labels</dt>
                  <dd>
                    <Labels labels={version.labels} />
                  </dd>
                </div>
              )}
            </dl>
          </section>
          {metadata.length > 0 && (
            <section>
              <h2>Metadata</h2>
              {metadata.map(([key, value]) => (
                <details key={key} className="metadata" open={value.length < 200}>
                  <summary>{key}</summary>
                  <pre>{pretty(value)}</pre>
                </details>
              ))}
            </section>
          )}
        </aside>
      </div>
    </>
  );
}

function Delete({ version }: { version: Version }) {
  const { bucket, file, version: id } = version;
  const [asked, setAsked] = useState(false);
  const freed = useFreed(bucket, file, id, asked);
  return (
    <section>
      <h2>Delete</h2>
      <p className="dim">
        Other versions keep all that they share with it.{" "}
        {!asked && (
          <button type="button" className="button" onClick={() => setAsked(true)}>
            What would it free?
          </button>
        )}
        <span role="status">
          {asked && freed.isPending && "Looking through the store …"}
          {freed.data && told(freed.data)}
        </span>
      </p>
      {freed.error && <ErrorNote error={freed.error} retry={() => freed.refetch()} />}
      <Copyable text={`rok rm ${shellWord(`${bucket}/${file}@${id}`)}`} what="delete command" />
    </section>
  );
}

function told(freed: Freed): string {
  if (!freed.known) return "To find out what it would free takes long in this store: rok rm --dry-run does.";
  if (freed.chunks === 0) return "It would free nothing: they need all of it.";
  const back = freed.collected === 0 ? "nothing yet" : bytes(freed.collected);
  return `It would free ${bytes(freed.bytes)} that nothing else needs; the next rok gc gives ${back} back.`;
}

/** JSON is laid out; anything else is shown as it is. */
function pretty(value: string): string {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
