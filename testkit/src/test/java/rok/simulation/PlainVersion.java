package rok.simulation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.catalog.Version;
import rok.names.RokUrl;
import rok.snapshot.Content;
import rok.snapshot.VersionHash;

/** Versions that are what they refer to, and say nothing of themselves. */
final class PlainVersion {
    private PlainVersion() {}

    static Version of(RokUrl url, Instant created, Content root) {
        var hash = new VersionHash();
        hash.add("data", root);
        return new Version(
                url,
                created,
                "",
                "",
                Map.of(),
                Map.of(),
                hash.hex(),
                new Version.Size(0, 0, 0),
                List.of(new Version.Member("data", "directory", "", root, 0, 0)),
                Optional.empty(),
                List.of());
    }
}
