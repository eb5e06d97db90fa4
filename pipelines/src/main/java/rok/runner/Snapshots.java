package rok.runner;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;

/**
 * What a run needs of a store: versions of folders, and copies of folders. Calls come from several threads, though never
 * two for the same folder at once.
 */
public interface Snapshots {
    /** Whether the bucket is there already. */
    boolean hasBucket(BucketName bucket);

    /** Takes one version of all volumes at one instant, the workspace first; makes the bucket if it is not there. */
    Taken take(Request request);

    /**
     * Fills a folder that does not exist yet with what the version's volume at {@code source} held.
     *
     * @param version was just taken, of {@code source} among others
     */
    void copy(Taken version, Volume source, Path target);

    /** The file's committed versions, newest first; none where there is no such file. */
    List<Labelled> versions(BucketName bucket, FileName file);

    /** A folder that was copied to goes: what is remembered of it may go too. */
    void forget(Path folder);

    /** A version and what it was labelled with. */
    record Labelled(RokUrl url, Map<String, String> labels) {
        public Labelled {
            labels = Map.copyOf(labels);
        }
    }

    /** A folder, the name its volume has in versions, and where a workload mounts it. */
    record Volume(String name, Path folder, String mount) {}

    /** A version to take; {@code attachments} is a folder of files that belong to the version and to none of its volumes. */
    record Request(
            BucketName bucket,
            FileName file,
            String title,
            String message,
            Map<String, String> labels,
            Map<String, String> metadata,
            List<Volume> volumes,
            Optional<Path> attachments) {
        public Request {
            labels = Map.copyOf(labels);
            metadata = Map.copyOf(metadata);
            volumes = List.copyOf(volumes);
        }
    }

    /** A version that is committed. */
    record Taken(RokUrl url, List<String> warnings) {
        public Taken {
            warnings = List.copyOf(warnings);
        }
    }
}
