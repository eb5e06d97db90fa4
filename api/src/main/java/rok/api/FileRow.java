package rok.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file as the page lists it: the keys of {@link FileItem}.
 *
 * @param run whether it is a pipeline's run
 */
public record FileRow(
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
        long stored,
        boolean run) {
    public static FileRow of(FileItem item, boolean run) {
        return new FileRow(
                item.name(),
                item.account(),
                item.bucket(),
                item.versions(),
                item.state(),
                item.url(),
                item.version(),
                item.title(),
                item.created(),
                item.size(),
                item.stored(),
                run);
    }
}
