package rok.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.names.RokUrl;
import rok.snapshot.Content;

/**
 * A committed snapshot: immutable. Of one volume or of several at one instant (a group); the workspace is the first
 * member.
 *
 * @param url of the group; each member has one of its own
 * @param title one line, may be empty
 * @param labels short, searchable: {@code state}, {@code step}, {@code phase}, {@code run} and what users set
 * @param metadata longer texts by name, such as {@code environment} (JSON) or {@code pipeline}
 * @param size over all members and attachments
 * @param attachments a tree of files that belong to the version but to none of its volumes: logs, executed notebooks
 * @param warnings what was left out or changed while it was read, in users' words; not empty means incomplete or fuzzy
 */
public record Version(
        RokUrl url,
        Instant created,
        String title,
        String message,
        Map<String, String> labels,
        Map<String, String> metadata,
        String hash,
        Size size,
        List<Member> members,
        Optional<Content> attachments,
        List<String> warnings) {
    public Version {
        labels = Map.copyOf(labels);
        metadata = Map.copyOf(metadata);
        members = List.copyOf(members);
        warnings = List.copyOf(warnings);
    }

    /** Bytes: {@code logical} as a user counts them, {@code fresh} new plain bytes, {@code stored} what the store grew by. */
    public record Size(long logical, long fresh, long stored) {}

    /**
     * One volume of a version.
     *
     * @param name of the volume
     * @param kind {@link #DIRECTORY}, or {@link #BLOCK}: then the tree holds the bytes of a disk, as the file {@link #DISK}
     * @param mount where the workload mounts it, empty when unknown
     * @param root the tree of its top folder
     * @param bytes logical size; {@code files} counts everything below the top folder
     * @param capture how a disk was caught, where it was in a pool
     */
    public record Member(
            String name, String kind, String mount, Content root, long bytes, long files, Optional<Capture> capture) {
        public static final String DIRECTORY = "directory";
        public static final String BLOCK = "block";
        /** The one file of a block volume. */
        public static final String DISK = "disk";

        public Member(String name, String kind, String mount, Content root, long bytes, long files) {
            this(name, kind, mount, root, bytes, files, Optional.empty());
        }

        public boolean isBlock() {
            return kind.equals(BLOCK);
        }
    }

    /**
     * How a disk was caught.
     *
     * @param pause how long writers of the group stood still
     * @param changedBytes since the version that it was compared with; of what is read in full, all that it holds
     * @param readBytes how much of it was read
     * @param fullRead why it was read in full; empty where only what changed was
     */
    public record Capture(Duration pause, long changedBytes, long readBytes, String fullRead) {}
}
