package rok.catalog;

import java.time.Instant;
import java.util.Map;
import rok.names.RokUrl;

/**
 * A version as a listing shows it.
 *
 * @param created for one that is not committed, when it was begun
 * @param message the user's; for a pending one its progress, for an aborted one the reason
 * @param percent of a pending one; 100 for a committed one
 * @param members how many volumes; 0 unless committed
 * @param complete whether nothing was left out and nothing changed while it was read
 */
public record VersionSummary(
        RokUrl url,
        VersionState state,
        Instant created,
        String title,
        String message,
        Map<String, String> labels,
        String hash,
        Version.Size size,
        int percent,
        int members,
        boolean complete) {
    public VersionSummary {
        labels = Map.copyOf(labels);
    }

    static VersionSummary of(VersionRecord record) {
        return switch (record) {
            case VersionRecord.Committed(var _, var version) ->
                new VersionSummary(
                        version.url(),
                        VersionState.COMMITTED,
                        version.created(),
                        version.title(),
                        version.message(),
                        version.labels(),
                        version.hash(),
                        version.size(),
                        100,
                        version.members().size(),
                        version.warnings().isEmpty());
            case VersionRecord.Pending pending ->
                unfinished(
                        record,
                        pending.begin(),
                        pending.progress().message(),
                        pending.progress().percent());
            case VersionRecord.Aborted aborted -> unfinished(record, aborted.begin(), aborted.reason(), 0);
        };
    }

    private static VersionSummary unfinished(
            VersionRecord record, VersionRecord.Begin begin, String message, int percent) {
        return new VersionSummary(
                record.url(),
                record.state(),
                begin.started(),
                begin.title(),
                message,
                begin.labels(),
                "",
                new Version.Size(0, 0, 0),
                percent,
                0,
                false);
    }
}
