package rok.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.SnapshotRequest;
import rok.agent.Snapshotter;
import rok.agent.StatCaches;
import rok.api.ErrorDocument.Code;
import rok.api.VersionDocument;
import rok.catalog.Version;
import rok.names.BucketName;
import rok.names.FileName;
import rok.pool.FreezeOptions;

/** {@code rok snapshot DIR... --to BUCKET/FILE}. */
@Command(
        description = "Store folders and block volumes as a new version of a file; several make a group.",
        footer = {
            "",
            "volume:NAME is a block volume; those of a group are caught at one instant.",
            "A file .rokignore in a folder names what to leave out, with Git's syntax.",
            "Example: rok snapshot ~/work --to mine/work --title \"before it\" --label k=v"
        },
        sortOptions = false)
final class SnapshotCommand implements rok.cli.Command {
    @Parameters(
            arity = "1..*",
            paramLabel = "DIR|volume:NAME",
            description = "Folders and block volumes to store, the main one first.")
    List<String> sources = new ArrayList<>();

    @Option(names = "--to", required = true, paramLabel = "BUCKET/FILE", description = "Where the version goes.")
    String to = "";

    @Option(
            names = "--max-pause",
            paramLabel = "SECONDS",
            description = "Refuse to stop writers of a volume on XFS for longer. ${DEFAULT-VALUE}.")
    int maxPause = 2;

    @Mixin
    VersionTexts texts = new VersionTexts();

    @Mixin
    LimitOptions limits = new LimitOptions();

    @Override
    public int run(Session session) {
        session.limit(limits.rates());
        var slash = to.indexOf('/');
        if (slash < 0) {
            throw new Refusal(Code.USAGE, "--to is %s, not BUCKET/FILE".formatted(to), "rok snapshot --help");
        }
        var bucket = new BucketName(to.substring(0, slash));
        var file = new FileName(to.substring(slash + 1));
        var volumes = volumes();
        session.forWriting();
        var output = session.output();
        var snapshotter = new Snapshotter(
                session.repository(),
                session.catalog(),
                new StatCaches(session.home().cache(), session.repository()),
                names -> session.volumes()
                        .freeze(names, FreezeOptions.DEFAULT.withPauseMax(Duration.ofSeconds(maxPause))),
                InstantSource.system());
        var version = snapshotter.snapshot(
                new SnapshotRequest(
                        bucket, file, texts.title, texts.message, texts.labels, Map.of(), volumes, Optional.empty()),
                status -> output.progress()
                        .bytes("storing", () -> Sizes.count(status.files(), "file", "files"), status.bytes(), 0));
        print(output, version);
        return 0;
    }

    /** What became of a version that was stored. */
    static void print(Output output, Version version) {
        if (output.json()) {
            output.document(VersionDocument.of(version));
            return;
        }
        version.warnings().forEach(output::warning);
        var size = version.size();
        var files = version.members().stream().mapToLong(Version.Member::files).sum();
        output.line(version.url().toString());
        output.note("%s in %s, of which %s new, %s stored"
                .formatted(
                        Sizes.bytes(size.logical()),
                        Sizes.count(files, "file", "files"),
                        Sizes.bytes(size.fresh()),
                        Sizes.bytes(size.stored())));
    }

    private List<SnapshotRequest.Volume> volumes() {
        var names = new HashSet<String>();
        var volumes = new ArrayList<SnapshotRequest.Volume>();
        for (var source : sources) {
            var volume = source.startsWith(DiskVersions.VOLUME)
                    ? disk(source.substring(DiskVersions.VOLUME.length()))
                    : folder(Path.of(source));
            if (!names.add(volume.name())) {
                throw new Refusal(
                        Code.USAGE,
                        "Two of the volumes are called %s".formatted(volume.name()),
                        "the volumes of a group need different names: rename a folder, or link to it under another name");
            }
            volumes.add(volume);
        }
        return volumes;
    }

    private static SnapshotRequest.Volume disk(String volume) {
        return new SnapshotRequest.Volume(volume, new SnapshotRequest.Source.Disk(volume), "");
    }

    private static SnapshotRequest.Volume folder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw Files.exists(folder)
                    ? new Refusal(Code.FAILED, folder + " is no folder", "rok import --image makes a version of a disk")
                    : new Refusal(Code.NOT_FOUND, "There is no folder " + folder, "");
        }
        return new SnapshotRequest.Volume(name(folder), folder, "");
    }

    /** A volume's name is a part of URLs. */
    private static String name(Path folder) {
        var last = folder.toAbsolutePath().normalize().getFileName();
        var name = last == null ? "root" : last.toString().replaceAll("[^A-Za-z0-9._-]+", "-");
        return name.startsWith(".") ? "dot" + name : name;
    }
}
