package rok.agent;

import java.nio.file.Path;
import java.util.List;

/** A restore that may replace nothing found, before it wrote anything, that it would have to. */
public final class FilesInTheWay extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** So many are named. */
    static final int NAMED_MAX = 3;

    FilesInTheWay(Path folder, long count, List<String> names) {
        super(message(folder, count, names));
    }

    private static String message(Path folder, long count, List<String> names) {
        var named = String.join(", ", names);
        return count == 1
                ? "%s has a file already that would be replaced: %s".formatted(folder, named)
                : "%s has %,d files already that would be replaced: %s%s"
                        .formatted(folder, count, named, count > names.size() ? ", …" : "");
    }
}
