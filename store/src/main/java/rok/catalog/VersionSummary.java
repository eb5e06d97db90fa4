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
}
