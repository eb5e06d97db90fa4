package rok.cli;

import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code rok snapshot DIR... --to BUCKET/FILE}. */
@Command(
        description = "Store one or more folders as a new version of a file; several make a group.",
        footer = {
            "",
            "A file .rokignore in a folder names what to leave out, with Git's syntax.",
            "Example: rok snapshot ~/work --to mine/work --title \"before it\" --label k=v"
        },
        sortOptions = false)
final class SnapshotCommand implements rok.cli.Command {
    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders to store, the main one first.")
    List<Path> folders = new ArrayList<>();

    @Option(names = "--to", required = true, paramLabel = "BUCKET/FILE", description = "Where the version goes.")
    String to = "";

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
        for (var folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw Files.exists(folder)
                        ? new Refusal(
                                Code.FAILED, folder + " is no folder", "rok import --image makes a version of a disk")
                        : new Refusal(Code.NOT_FOUND, "There is no folder " + folder, "");
            }
            var name = name(folder);
            if (!names.add(name)) {
                throw new Refusal(
                        Code.USAGE,
                        "Two of the folders are called %s".formatted(name),
                        "the volumes of a group need different names: rename one, or link to it under another name");
            }
            volumes.add(new SnapshotRequest.Volume(name, folder, ""));
        }
        return volumes;
    }

    /** A volume's name is a part of URLs. */
    private static String name(Path folder) {
        var last = folder.toAbsolutePath().normalize().getFileName();
        var name = last == null ? "root" : last.toString().replaceAll("[^A-Za-z0-9._-]+", "-");
        return name.startsWith(".") ? "dot" + name : name;
    }
}
