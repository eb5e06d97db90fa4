package rok.api;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import rok.catalog.VersionSummary;

/** A version in a list: {@link VersionDocument} without what only its record tells. */
public record VersionItem(
        String url,
        String account,
        String bucket,
        String file,
        String version,
        String state,
        String title,
        String message,
        Map<String, String> labels,
        Instant created,
        String hash,
        SizeDocument size,
        int memberCount,
        ProgressDocument progress,
        boolean complete) {
    public VersionItem {
        labels = new TreeMap<>(labels);
    }

    public static VersionItem of(VersionSummary summary) {
        var url = summary.url();
        return new VersionItem(
                url.toString(),
                url.account().value(),
                url.bucket().value(),
                url.file().value(),
                url.version().value(),
                summary.state().text(),
                summary.title(),
                summary.message(),
                summary.labels(),
                summary.created(),
                summary.hash(),
                SizeDocument.of(summary.size()),
                summary.members(),
                new ProgressDocument(summary.percent(), ""),
                summary.complete());
    }
}
