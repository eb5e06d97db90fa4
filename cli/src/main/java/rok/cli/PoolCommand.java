package rok.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.NodeVolumes;
import rok.agent.PoolState;
import rok.api.ErrorDocument.Code;

/** {@code rok pool ACTION}. */
@Command(
        description = "Where the disks of this machine's block volumes lie.",
        footer = {
            "",
            "create NAME  in a folder on XFS or Btrfs (--dir), or in a file of its own on",
            "             any file system (--file, --size)",
            "ls           all pools, and how full they are",
            "rm NAME      one without volumes",
            "",
            "It takes root. docs/guides/block-volumes.md tells more.",
            "Example: rok pool create main --file /var/lib/rok.pool --size 200G"
        },
        sortOptions = false)
final class PoolCommand implements rok.cli.Command {
    @Parameters(index = "0", paramLabel = "ACTION", description = "create, ls or rm.")
    String action = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Which pool.")
    String name = "";

    @Option(names = "--dir", paramLabel = "DIR", description = "Of create: a folder on XFS or Btrfs.")
    @Nullable
    Path dir;

    @Option(names = "--file", paramLabel = "FILE", description = "Of create: a file that is made, on any file system.")
    @Nullable
    Path file;

    @Option(names = "--size", paramLabel = "SIZE", description = "Of create: of the file, as in 200G.")
    String size = "";

    @Option(names = "--fs", paramLabel = "FS", description = "Of create: in the file; btrfs or xfs. ${DEFAULT-VALUE}.")
    String fileSystem = "btrfs";

    /** What {@code --json} prints. */
    record Pools(List<PoolState> items) {}

    @Override
    public int run(Session session) {
        var volumes = session.volumes();
        switch (action) {
            case "create" -> create(volumes, session.output());
            case "ls" -> list(volumes, session.output());
            case "rm" -> {
                volumes.removePool(named());
                session.output().note("Pool %s is gone".formatted(name));
            }
            default ->
                throw new Refusal(Code.USAGE, "rok pool can't %s".formatted(action), "it does create, ls and rm");
        }
        return 0;
    }

    private String named() {
        if (name.isEmpty()) {
            throw new Refusal(Code.USAGE, "Which pool is missing", "rok pool ls lists them");
        }
        return name;
    }

    private void create(NodeVolumes volumes, Output output) {
        if ((dir == null) == (file == null) || (file == null) != size.isEmpty()) {
            throw new Refusal(
                    Code.USAGE,
                    "A pool is created in a folder, or in a file of a size",
                    "give --dir DIR, or --file FILE --size 200G");
        }
        var made = dir != null
                ? volumes.createPool(named(), dir)
                : volumes.createPool(named(), Optional.ofNullable(file).orElseThrow(), Sizes.parse(size), fileSystem);
        if (output.json()) {
            output.document(made);
        } else {
            output.note("Pool %s on %s: %s free".formatted(made.name(), made.fileSystem(), Sizes.bytes(made.free())));
        }
    }

    private static void list(NodeVolumes volumes, Output output) {
        var pools = volumes.pools();
        if (output.json()) {
            output.document(new Pools(pools));
            return;
        }
        pools.stream().filter(pool -> !pool.problem().isEmpty()).forEach(pool -> output.warning(pool.problem()));
        output.table(
                List.of("POOL", "FS", ">VOLUMES", ">SIZE", ">FREE", "WHERE"),
                pools.stream()
                        .map(pool -> List.of(
                                pool.name(),
                                pool.fileSystem(),
                                String.valueOf(pool.volumes()),
                                Sizes.bytes(pool.capacity()),
                                Sizes.bytes(pool.free()),
                                pool.where()))
                        .toList());
    }
}
