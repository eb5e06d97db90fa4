package rok.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import rok.catalog.FileSummary;

/**
 * A file in a list.
 *
 * @param versions how many are committed
 * @param url of the head, the newest committed version; null while there is none, as {@code title} and the rest of it
 * @param created when the head was made
 * @param state of the newest version, also one that is being written
 * @param stored bytes that the store grew by for all versions
 */
public record FileItem(
        String name,
        String account,
        String bucket,
        int versions,
        String state,
        @Nullable String url,
        @Nullable String version,
        @Nullable String title,
        @Nullable Instant created,
        @Nullable SizeDocument size,
        long stored) {
    public static FileItem of(FileSummary file) {
        var head = file.head();
        var newest = file.newest();
        return new FileItem(
                file.name().value(),
                newest.url().account().value(),
                file.bucket().value(),
                file.versions(),
                newest.state().text(),
                head.map(h -> h.url().toString()).orElse(null),
                head.map(h -> h.url().version().value()).orElse(null),
                head.map(h -> h.title()).orElse(null),
                head.map(h -> h.created()).orElse(null),
                head.map(h -> SizeDocument.of(h.size())).orElse(null),
                file.storedBytes());
    }
}
