package rok.object;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;
import rok.format.StoreException;

/** Tells a failed file operation in the store's terms, by what the user can do about it. */
final class FileFailure {
    private FileFailure() {}

    static StoreException of(IOException e, String doing, Path root) {
        var reason = e.getMessage() == null ? "" : e.getMessage().toLowerCase(Locale.ROOT);
        if (e instanceof AccessDeniedException
                || reason.contains("permission denied")
                || reason.contains("operation not permitted")) {
            return new StoreException.Denied(
                    "%s: access to the store in %s is denied (%s); give this user the permission, or use another user"
                            .formatted(doing, root, e.getMessage()),
                    e);
        }
        if (reason.contains("read-only file system")) {
            return new StoreException.Denied(
                    "%s: the store in %s is on a read-only file system; mount it for writing, or use another store"
                            .formatted(doing, root),
                    e);
        }
        if (reason.contains("no space left") || reason.contains("quota exceeded")) {
            return new StoreException.Unavailable(
                    "%s: no space left on the file system of the store in %s; free some, and try again"
                            .formatted(doing, root),
                    e);
        }
        if (e instanceof ClosedByInterruptException) {
            return new StoreException.Unavailable("%s: interrupted".formatted(doing), e);
        }
        return new StoreException.Unavailable(
                "%s: the store in %s did not answer (%s: %s)"
                        .formatted(doing, root, e.getClass().getSimpleName(), e.getMessage()),
                e);
    }
}
