package rok.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;
import rok.api.ErrorDocument;
import rok.api.ErrorDocument.Code;
import rok.catalog.AmbiguousNameException;
import rok.catalog.FencedException;
import rok.format.StoreException;
import rok.keys.KeyRefusedException;
import rok.linux.LinuxException;
import rok.names.NameException;
import rok.notebook.NotebookException;
import rok.object.LocationException;
import rok.pool.PoolException;

/** What each failure means to a user: a code, a message and what to do. The only place that knows. */
final class Failures {
    private static final String DEBUG = "ROK_DEBUG=1 shows where; please report it";

    private Failures() {}

    static ErrorDocument of(Throwable failure) {
        return switch (failure) {
            case Refusal e -> document(e.code(), e, e.hint());
            case NotebookException e -> document(Code.FAILED, e, e.hint());
            case NameException e -> document(Code.USAGE, e, "");
            case LocationException e -> document(Code.USAGE, e, "rok init --help shows what a location looks like");
            case AmbiguousNameException e ->
                document(Code.USAGE, e, "give more of the version, or BUCKET/FILE@VERSION");
            case FencedException e ->
                document(Code.FAILED, e, "run the command again: what was stored is not stored twice");
            case StoreException.Missing e ->
                document(
                        Code.NOT_FOUND,
                        e,
                        "rok buckets, rok files BUCKET and rok versions BUCKET/FILE list what there is");
            case StoreException.Corrupt e ->
                document(
                        Code.DAMAGED,
                        e,
                        "everything else is still readable; restore what you need from another version");
            case StoreException.Unavailable e ->
                document(Code.FAILED, e, "nothing that was stored is lost; run the command again");
            case StoreException.Denied e ->
                document(Code.FAILED, e, "check who owns the store, and that it is writable");
            case StoreException.Locked e ->
                document(
                        Code.FAILED,
                        e,
                        "ROK_KEY_FILE or ROK_PASSPHRASE_FILE names the file that opens it; without them a terminal is asked");
            case KeyRefusedException e -> document(Code.FAILED, e, "rok key ls lists the slots");
            case StoreException.Incompatible e ->
                document(
                        Code.FAILED,
                        e,
                        "ROK_REPOSITORY, else ROK_HOME, says where the store is; rok init LOCATION makes one");
            case PoolException.NotFound e -> document(Code.NOT_FOUND, e, "");
            case PoolException e -> document(Code.FAILED, e, "");
            case LinuxException e -> document(Code.FAILED, e, "");
            case InterruptedException _ -> interrupted();
            case CancellationException _ -> interrupted();
            case NoSuchFileException e -> ErrorDocument.of(Code.NOT_FOUND, "There is no " + e.getFile(), "");
            case FileNotFoundException e -> document(Code.NOT_FOUND, e, "");
            case AccessDeniedException e -> ErrorDocument.of(Code.FAILED, "No permission for " + e.getFile(), "");
            case FileSystemException e -> ErrorDocument.of(Code.FAILED, file(e), "");
            case UncheckedIOException e when e.getCause() != null -> of(e.getCause());
            case IOException e -> document(Code.FAILED, e, "");
            case OutOfMemoryError _ ->
                ErrorDocument.of(Code.FAILED, "Out of memory", "ROK_JAVA_OPTIONS=-Xmx1g gives more");
            default -> ErrorDocument.of(Code.FAILED, "Something went wrong inside rok: " + failure, DEBUG);
        };
    }

    static ErrorDocument interrupted() {
        return ErrorDocument.of(Code.INTERRUPTED, "Interrupted", "");
    }

    private static ErrorDocument document(Code code, Throwable failure, String hint) {
        var message = failure.getMessage();
        return ErrorDocument.of(code, message == null ? failure.getClass().getSimpleName() : message, hint);
    }

    private static String file(FileSystemException failure) {
        var reason = failure.getReason() == null ? "failed" : failure.getReason();
        return failure.getFile() == null ? reason : failure.getFile() + ": " + reason;
    }
}
