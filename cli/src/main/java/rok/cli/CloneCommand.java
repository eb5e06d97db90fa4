package rok.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rok clone volume:NAME|VERSION NEWNAME}. */
@Command(
        description = "Make a block volume that is a copy of another, or of a version's disk.",
        footer = {
            "",
            "A copy of a volume takes no time, and no room until one of both changes; nor",
            "does that of a version that is the base of a volume on this machine. Any other",
            "comes from the store. It takes root.",
            "Example: rok clone volume:work trial"
        },
        sortOptions = false)
final class CloneCommand implements rok.cli.Command {
    @Parameters(index = "0", paramLabel = "volume:NAME|VERSION", description = "Of what.")
    String from = "";

    @Parameters(index = "1", paramLabel = "NEWNAME", description = "The new volume.")
    String name = "";

    @Option(names = "--pool", paramLabel = "POOL", description = "Of a version: where there are several pools.")
    @Nullable
    String pool;

    @Override
    public int run(Session session) {
        var volumes = session.volumes();
        var made = from.startsWith(DiskVersions.VOLUME)
                ? volumes.clone(from.substring(DiskVersions.VOLUME.length()), name)
                : DiskVersions.volume(session, volumes, from, name, Optional.ofNullable(pool));
        if (session.output().json()) {
            session.output().document(made);
        } else {
            session.output()
                    .note("Volume %s is made: %s, %s"
                            .formatted(made.name(), Sizes.bytes(made.size()), made.fileSystem()));
        }
        return 0;
    }
}
