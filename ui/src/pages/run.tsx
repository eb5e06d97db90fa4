import { Link, useParams } from "react-router";
import { isLive, type Run, type Step, useRun } from "../lib/api";
import { duration, metric, plural } from "../lib/format";
import { to, versionOf } from "../lib/links";
import { CopyButton } from "../parts/copy";
import { Crumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { ErrorNote, Loading } from "../parts/notes";
import { useTitle } from "../parts/shell";
import { StateMark } from "../parts/state";
import { Ago } from "../parts/time";
import { Terminal } from "../preview/terminal";
import { Gantt } from "../run/gantt";
import { Graph } from "../run/graph";
import { asOf } from "../run/timeline";

export function RunPage() {
  const { bucket = "", file = "" } = useParams();
  const query = useRun(bucket, file);
  useTitle(query.data?.name || file, "Runs");
  return (
    <>
      <Crumbs
        items={[
          { name: "Buckets", to: to.buckets() },
          { name: bucket, to: to.bucket(bucket) },
          { name: "Runs", to: to.bucketRuns(bucket) },
          { name: query.data?.name || file },
        ]}
      />
      {query.error && <ErrorNote error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading lines={8} />}
      {query.data && <Content run={asOf(query.data, query.dataUpdatedAt)} />}
    </>
  );
}

function Content({ run }: { run: Run }) {
  const finished = run.steps.filter((s) => s.state === "succeeded").length;
  const snapshots = run.steps.reduce((sum, step) => sum + (step.snapshot_seconds ?? 0), 0);
  const parameters = Object.entries(run.parameters);
  const failed = run.steps.filter((s) => s.error !== undefined);
  return (
    <>
      <div className="head">
        <div>
          <h1>{run.pipeline || run.file}</h1>
          <p className="dim sub runfacts">
            <StateMark state={run.state} />
            <span>
              {isLive(run.state) ? `${finished} of ${run.steps.length} steps` : plural(run.steps.length, "step")}
            </span>
            {run.seconds !== undefined && <span>{duration(run.seconds)}</span>}
            {snapshots > 0 && <span>{duration(snapshots)} in snapshots</span>}
            <span>
              started <Ago at={run.started} />
            </span>
          </p>
        </div>
        <div className="actions">
          <Link className="button" to={to.file(run.bucket, run.file)}>
            <Icon name="versions" />
            <span>Versions</span>
          </Link>
          {run.final && (
            <Link className="button primary" to={to.version(run.bucket, run.file, versionOf(run.final))}>
              <Icon name={run.state === "succeeded" ? "check" : "versions"} />
              <span>{run.state === "succeeded" ? "Final version" : "Last version"}</span>
            </Link>
          )}
        </div>
      </div>
      <section aria-labelledby="graph-title">
        <h2 id="graph-title" className="sr">
          Graph
        </h2>
        <Graph run={run} />
      </section>
      {failed.map((step) => (
        <section key={step.name} className="failure">
          <h2>
            <StateMark state={step.state} quiet /> {step.name} failed
          </h2>
          <p className="message">{where(step)}</p>
          <Traceback text={step.error?.traceback ?? ""} />
          {step.after && (
            <p>
              <Link to={to.version(run.bucket, run.file, versionOf(step.after))}>Look at what it left behind</Link>
            </p>
          )}
        </section>
      ))}
      <div className="split">
        <div>
          <section>
            <h2>Durations</h2>
            <Gantt run={run} />
          </section>
          <section>
            <h2>Steps</h2>
            <StepTable run={run} />
          </section>
        </div>
        <aside>
          {run.metrics.length > 0 && (
            <section>
              <h2>Metrics</h2>
              <dl className="about metrics">
                {run.metrics.map((m) => (
                  <div key={m.name}>
                    <dt title={m.step === "" ? m.name : `${m.name}, from ${m.step}`}>{m.name}</dt>
                    <dd title={String(m.value)}>{metric(m.value)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          )}
          {parameters.length > 0 && (
            <section>
              <h2>Parameters</h2>
              <dl className="about metrics">
                {parameters.map(([name, value]) => (
                  <div key={name}>
                    <dt title={name}>{name}</dt>
                    <dd>
                      <code>{String(value)}</code>
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          )}
          <section>
            <h2>About</h2>
            <dl className="about">
              {run.notebook && <Fact name="Notebook">{run.notebook}</Fact>}
              {run.experiment && <Fact name="Experiment">{run.experiment}</Fact>}
              <Fact name="File">{run.file}</Fact>
              {run.initial && (
                <Fact name="Initial">
                  <Link to={to.version(run.bucket, run.file, versionOf(run.initial))}>version</Link>
                  <CopyButton text={run.initial} what="Rok URL of the initial version" />
                </Fact>
              )}
              {run.final && (
                <Fact name="Final">
                  <Link to={to.version(run.bucket, run.file, versionOf(run.final))}>version</Link>
                  <span data-primary-copy>
                    <CopyButton text={run.final} what="Rok URL of the final version" />
                  </span>
                </Fact>
              )}
            </dl>
          </section>
        </aside>
      </div>
    </>
  );
}

/** The cell and what it said. */
function where(step: Step): string {
  const { cell = 0, message = "" } = step.error ?? {};
  return cell > 0 ? `Cell ${cell}: ${message}` : message;
}

function Traceback({ text }: { text: string }) {
  if (text === "") return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre tabIndex={0}>
      <Terminal text={text} />
    </pre>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function StepTable({ run }: { run: Run }) {
  return (
    <div className="tablewrap">
      <table aria-label="Steps" className="plain">
        <colgroup>
          <col />
          <col className="medium" style={{ width: "24%" }} />
          <col className="took" />
          <col className="medium" style={{ width: 104 }} />
          <col className="links" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" className="medium">
              After
            </th>
            <th scope="col" className="right">
              Took
            </th>
            <th scope="col" className="right medium">
              Snapshots
            </th>
            <th scope="col" className="right">
              Versions
            </th>
          </tr>
        </thead>
        <tbody>
          {run.steps.map((step) => (
            <tr key={step.name}>
              <th scope="row">
                <span className="named">
                  <StateMark state={step.state} quiet />
                  <span className="name" title={step.name}>
                    {step.name}
                  </span>
                </span>
              </th>
              <td className="medium dim" title={step.depends_on.join(", ")}>
                {step.depends_on.join(", ") || "–"}
              </td>
              <td className="right">{took(step.seconds, step)}</td>
              <td className="right medium">{took(step.snapshot_seconds, step)}</td>
              <td className="right">
                <StepLinks run={run} step={step} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function took(seconds: number | undefined, step: Step): string {
  return seconds === undefined || step.state === "waiting" || step.state === "skipped" ? "–" : duration(seconds);
}

function StepLinks({ run, step }: { run: Run; step: Step }) {
  const link = (phase: "before" | "after") => {
    const version = step[phase];
    return version === undefined ? (
      <span className="dim">{phase}</span>
    ) : (
      <Link to={to.version(run.bucket, run.file, versionOf(version))} aria-label={`Version ${phase} ${step.name}`}>
        {phase}
      </Link>
    );
  };
  return (
    <span className="pair">
      {link("before")} {link("after")}
    </span>
  );
}
