package rok.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.names.BucketName;
import rok.names.FileName;

/**
 * What a new version is to hold.
 *
 * @param volumes at least one, the workspace first; several make a group
 * @param attachments a folder of files that belong to the version and to none of its volumes
 */
public record SnapshotRequest(
        BucketName bucket,
        FileName file,
        String title,
        String message,
        Map<String, String> labels,
        Map<String, String> metadata,
        List<Volume> volumes,
        Optional<Path> attachments) {
    public SnapshotRequest {
        labels = Map.copyOf(labels);
        metadata = Map.copyOf(metadata);
        volumes = List.copyOf(volumes);
        if (volumes.isEmpty()) {
            throw new IllegalArgumentException("A version has at least one volume");
        }
    }

    /** @param mount where the workload mounts it, empty when unknown */
    public record Volume(String name, Source source, String mount) {
        public Volume(String name, Path folder, String mount) {
            this(name, new Source.Folder(folder), mount);
        }
    }

    /** Where a volume's bytes are. */
    public sealed interface Source {
        record Folder(Path path) implements Source {}

        /** @param volume the name of a block volume */
        record Disk(String volume) implements Source {}
    }
}
