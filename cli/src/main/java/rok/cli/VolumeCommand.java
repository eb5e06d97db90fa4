package rok.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.NodeVolumes;
import rok.agent.VolumeState;
import rok.api.ErrorDocument.Code;

/** {@code rok volume ACTION}. */
@Command(
        description = "Block volumes: disks of their own, in a pool of this machine.",
        footer = {
            "",
            "create NAME      empty (--size), or with the disk of a version (--from)",
            "mount NAME DIR   and unmount NAME",
            "attach NAME      as a block device, which is printed; detach NAME",
            "resize NAME      makes it larger, also while it is mounted (--size)",
            "ls, show NAME    what there is",
            "rm NAME          one that is not attached",
            "",
            "It takes root. rok snapshot volume:NAME stores one, rok clone copies it at",
            "once; docs/guides/block-volumes.md tells more.",
            "Example: rok volume create work --size 20G && rok volume mount work /srv/work"
        },
        sortOptions = false)
final class VolumeCommand implements rok.cli.Command {
    private static final Set<String> ACTIONS =
            Set.of("create", "mount", "unmount", "attach", "detach", "resize", "ls", "show", "rm");

    @Parameters(
            index = "0",
            paramLabel = "ACTION",
            description = "create, mount, unmount, attach, detach, resize, ls, show or rm.")
    String action = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Which volume.")
    String name = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "DIR", description = "Of mount: where.")
    @Nullable
    Path dir;

    @Option(names = "--size", paramLabel = "SIZE", description = "Of create and resize: as in 20G.")
    String size = "";

    @Option(
            names = "--fs",
            paramLabel = "FS",
            description = "Of create: ext4, xfs, or raw for a disk without a file system. ext4.")
    String fileSystem = "";

    @Option(names = "--pool", paramLabel = "POOL", description = "Of create: where there are several pools.")
    @Nullable
    String pool;

    @Option(names = "--from", paramLabel = "VERSION", description = "Of create: with the disk of this version.")
    @Nullable
    String from;

    /** What {@code --json} prints of {@code ls}. */
    record Volumes(List<VolumeState> items) {}

    @Override
    public int run(Session session) {
        requireUsage();
        var volumes = session.volumes();
        switch (action) {
            case "create" -> tell(session, create(session, volumes), "made");
            case "mount" ->
                tell(session, volumes.mount(name, Optional.ofNullable(dir).orElseThrow()), "mounted");
            case "unmount" -> tell(session, volumes.unmount(name), "unmounted");
            case "attach" -> attached(session, volumes.attach(name));
            case "detach" -> tell(session, volumes.detach(name), "detached");
            case "resize" -> tell(session, volumes.resize(name, Sizes.parse(size)), "resized");
            case "ls" -> {
                volumes.problems().forEach(session.output()::warning);
                list(session.output(), volumes.volumes());
            }
            case "show" -> show(session.output(), volumes.volume(name));
            default -> {
                volumes.remove(name);
                session.output().note("Volume %s is gone".formatted(name));
            }
        }
        return 0;
    }

    private void requireUsage() {
        if (!ACTIONS.contains(action)) {
            throw new Refusal(
                    Code.USAGE, "rok volume can't %s".formatted(action), "rok volume --help lists what it can");
        }
        if (action.equals("ls") != name.isEmpty()) {
            throw new Refusal(
                    Code.USAGE,
                    name.isEmpty() ? "Which volume is missing" : "rok volume ls takes no name",
                    "rok volume ls lists them");
        }
        if (action.equals("mount") != (dir != null)) {
            throw new Refusal(
                    Code.USAGE,
                    dir == null ? "Where to mount it is missing" : "rok volume %s takes no folder".formatted(action),
                    "rok volume mount NAME DIR");
        }
        if (action.equals("resize") && size.isEmpty()) {
            throw new Refusal(Code.USAGE, "How large it is to be is missing", "give --size, as in 40G");
        }
        if (action.equals("create") && size.isEmpty() && from == null) {
            throw new Refusal(
                    Code.USAGE, "How large it is to be is missing", "give --size, as in 20G, or --from VERSION");
        }
        if (from != null && !fileSystem.isEmpty()) {
            throw new Refusal(Code.USAGE, "A disk from a version has the file system that it has", "leave out --fs");
        }
    }

    private VolumeState create(Session session, NodeVolumes volumes) {
        var wanted = Optional.ofNullable(pool);
        if (from == null) {
            return volumes.create(name, wanted, Sizes.parse(size), fileSystem.isEmpty() ? "ext4" : fileSystem);
        }
        var made = DiskVersions.volume(session, volumes, from, name, wanted);
        return size.isEmpty() ? made : volumes.resize(name, Sizes.parse(size));
    }

    private static void tell(Session session, VolumeState state, String what) {
        var output = session.output();
        if (output.json()) {
            output.document(state);
        } else {
            output.note("Volume %s is %s: %s, %s%s"
                    .formatted(
                            state.name(),
                            what,
                            Sizes.bytes(state.size()),
                            state.fileSystem(),
                            state.mount().isEmpty() ? "" : ", at " + state.mount()));
        }
    }

    private static void attached(Session session, VolumeState state) {
        if (session.output().json()) {
            session.output().document(state);
        } else {
            session.output().line(state.device());
        }
    }

    private static void list(Output output, List<VolumeState> volumes) {
        if (output.json()) {
            output.document(new Volumes(volumes));
            return;
        }
        output.table(
                List.of("VOLUME", "POOL", "FS", ">SIZE", ">TAKES", ">ALONE", "DEVICE", "MOUNTED"),
                volumes.stream()
                        .map(state -> List.of(
                                state.name(),
                                state.pool(),
                                state.fileSystem(),
                                Sizes.bytes(state.size()),
                                Sizes.bytes(state.allocated()),
                                Sizes.bytes(state.exclusive()),
                                state.device(),
                                state.mount()))
                        .toList());
    }

    private static void show(Output output, VolumeState state) {
        if (output.json()) {
            output.document(state);
            return;
        }
        line(output, "Volume", state.name());
        line(output, "Id", state.id());
        line(output, "Pool", state.pool());
        line(output, "Size", Sizes.bytes(state.size()));
        line(
                output,
                "Takes",
                "%s, of which %s alone".formatted(Sizes.bytes(state.allocated()), Sizes.bytes(state.exclusive())));
        line(output, "Holds", state.fileSystem());
        line(output, "Device", state.device());
        line(output, "Mounted", state.mount());
        line(output, "Base", state.base());
    }

    private static void line(Output output, String label, String value) {
        if (!value.isEmpty()) {
            output.line(String.format(Locale.ROOT, "%-9s%s", label, value));
        }
    }
}
