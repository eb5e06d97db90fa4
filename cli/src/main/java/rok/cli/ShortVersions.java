package rok.cli;

import java.util.List;
import rok.names.VersionId;

/** How much of a version's UUID is shown where it need only be told from others. */
final class ShortVersions {
    /** The UUID's time, to the millisecond: two versions seldom share that, wherever they are. */
    private static final int TIME_LENGTH = 13;

    private ShortVersions() {}

    /** The length, from {@link #TIME_LENGTH} on, at which the beginnings all differ. */
    static int length(List<VersionId> ids) {
        var length = TIME_LENGTH;
        while (length < VersionId.LENGTH && !differ(ids, length)) {
            length++;
        }
        return length;
    }

    private static boolean differ(List<VersionId> ids, int length) {
        return ids.stream()
                        .map(id -> id.value().substring(0, length))
                        .distinct()
                        .count()
                == ids.size();
    }
}
