package rok.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import rok.names.RokUrl;
import rok.snapshot.Content;

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

    /**
     * Somebody is writing it, or was.
     *
     * @param renewals makes each rewrite differ from all before
     * @param keeps trees of earlier versions that it takes parts over from: gc keeps what they refer to
     */
    record Pending(Begin begin, Instant leaseUntil, long renewals, Progress progress, List<Content> keeps)
            implements VersionRecord {
        public Pending {
            keeps = List.copyOf(keeps);
        }

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
