package rok.catalog;

import java.time.Instant;
import java.util.Map;
import rok.names.RokUrl;

/** What the store holds about one version (docs/format/catalog.md). */
public sealed interface VersionRecord {
    RokUrl url();

    VersionState state();

    /** What every record tells, from its first write on. {@code epoch} is gc's when the writer began. */
    record Begin(RokUrl url, Instant started, Writer writer, long epoch, String title, Map<String, String> labels) {
        public Begin {
            labels = Map.copyOf(labels);
        }
    }

    /** Somebody is writing it, or was. {@code renewals} makes each rewrite differ from all before. */
    record Pending(Begin begin, Instant leaseUntil, long renewals, Progress progress) implements VersionRecord {
        @Override
        public RokUrl url() {
            return begin.url();
        }

        @Override
        public VersionState state() {
            return VersionState.PENDING;
        }
    }

    /** Complete, and never changed again. */
    record Committed(Begin begin, Version version) implements VersionRecord {
        @Override
        public RokUrl url() {
            return version.url();
        }

        @Override
        public VersionState state() {
            return VersionState.COMMITTED;
        }
    }

    /** Given up by its writer, or fenced. */
    record Aborted(Begin begin, Instant ended, String reason) implements VersionRecord {
        @Override
        public RokUrl url() {
            return begin.url();
        }

        @Override
        public VersionState state() {
            return VersionState.ABORTED;
        }
    }
}
