import { Link, useRouteError } from "react-router";
import { to } from "../lib/links";
import { Empty } from "../parts/notes";
import { useTitle } from "../parts/shell";

export function NothingPage() {
  useTitle("Not found");
  return (
    <Empty title="There is nothing at this address" alone>
      <p>
        Perhaps a link lost its end. Start from the <Link to={to.buckets()}>buckets</Link>.
      </p>
    </Empty>
  );
}

/** The page itself failed: what it says may help to find out why. */
export function CrashPage() {
  const error = useRouteError();
  return (
    <main className="crash">
      <Empty title="The page failed" alone>
        <p>{error instanceof Error ? error.message : String(error)}</p>
        <p>
          Reload it, or start again from the <a href="/rok/buckets">buckets</a>. Nothing in the store was touched.
        </p>
      </Empty>
    </main>
  );
}
