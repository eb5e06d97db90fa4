package rok.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.Export;
import rok.agent.ImageExport;
import rok.agent.Progress;
import rok.api.ErrorDocument.Code;
import rok.catalog.Found;
import rok.catalog.Version;

/** {@code rok export VERSION FILE}. */
@Command(
        description = "Write a version, or a member of it, as a tar archive, or a disk as its image.",
        footer = {
            "",
            "Any tar program unpacks it; rok import makes a version of it again, in any",
            "store. What is one block volume is written as the image of its disk, which",
            "rok import --image takes.",
            "Examples: rok export mine/work - | gzip > work.tar.gz",
            "          rok export mine/disk disk.img"
        },
        sortOptions = false)
final class ExportCommand implements rok.cli.Command {
    private static final int BUFFER_BYTES = 1 << 18;

    @Parameters(index = "0", paramLabel = "VERSION", description = "Which one: see rok show --help.")
    String version = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "Where to; - is standard output.")
    Path file = Path.of("");

    @Option(names = "--overwrite", description = "Replace the file if it is there.")
    boolean overwrite;

    @Mixin
    LimitOptions limits = new LimitOptions();

    /** What {@code --json} prints. */
    record Exported(String url, String file, long files, long bytes) {}

    @Override
    public int run(Session session) throws IOException {
        session.limit(limits.rates());
        var found = session.resolve(version);
        var output = session.output();
        if (file.toString().equals("-")) {
            if (Terminal.showsOutput() || output.json()) {
                throw new Refusal(Code.USAGE, "It can't go to a terminal, or beside --json", "name a file");
            }
            var out = new BufferedOutputStream(new StandardOutput(output), BUFFER_BYTES);
            var disk = disk(found);
            var outcome = disk.isPresent() ? image(session, found, disk.get(), out) : write(session, found, out);
            out.flush();
            tell(output, found, outcome);
            return 0;
        }
        if (!overwrite && Files.exists(file)) {
            throw exists();
        }
        tell(output, found, toFile(session, found));
        return 0;
    }

    /** Fails as soon as nobody reads it any more: the rest would be read from the store for nothing. */
    private static final class StandardOutput extends OutputStream {
        private final Output output;

        StandardOutput(Output output) {
            this.output = output;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            output.bytes().write(bytes, offset, length);
            if (output.broken()) {
                throw new IOException("Nobody reads it any more");
            }
        }
    }

    /** Whole or not at all: it is written beside its place, and put there when it is on the disk. */
    private Export.Outcome toFile(Session session, Found found) throws IOException {
        var place = file.toAbsolutePath().normalize();
        var folder = place.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new Refusal(Code.NOT_FOUND, "There is no folder %s".formatted(folder), "make it first");
        }
        var partial = folder.resolve(".rok-export-%016x.partial".formatted(new SecureRandom().nextLong()));
        var disk = disk(found);
        if (disk.isPresent()) {
            return imageFile(session, found, disk.get(), partial, place);
        }
        try {
            Export.Outcome outcome;
            try (var channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
                outcome = write(session, found, out);
                out.flush();
                channel.force(true);
            }
            put(partial, place);
            return outcome;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** What is one block volume, and nothing else. */
    private static Optional<Version.Member> disk(Found found) {
        var members = LsCommand.members(found);
        return members.size() == 1 && members.getFirst().isBlock() ? Optional.of(members.getFirst()) : Optional.empty();
    }

    private static Export.Outcome image(Session session, Found found, Version.Member disk, OutputStream out)
            throws IOException {
        exporter(session).toStream(found.version(), disk, out, told(session));
        return new Export.Outcome(1, disk.bytes());
    }

    /** @param partial a folder to be, which is on the file system of the image's place */
    private Export.Outcome imageFile(Session session, Found found, Version.Member disk, Path partial, Path place)
            throws IOException {
        try {
            var image = exporter(session).toFolder(found.version(), disk, partial, told(session));
            try (var channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.setLastModifiedTime(image, FileTime.from(Instant.now()));
            put(image, place);
            return new Export.Outcome(1, disk.bytes());
        } finally {
            Files.deleteIfExists(partial.resolve(Version.Member.DISK));
            Files.deleteIfExists(partial);
        }
    }

    private static ImageExport exporter(Session session) {
        return new ImageExport(
                session.repository(), session.catalog(), session.home().cache());
    }

    private void put(Path partial, Path place) throws IOException {
        if (overwrite) {
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try {
            Files.createLink(place, partial);
        } catch (FileAlreadyExistsException _) {
            throw exists();
        } catch (FileSystemException | UnsupportedOperationException _) {
            // A file system without links: then what somebody put there just now could still be replaced
            if (Files.exists(place)) {
                throw exists();
            }
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private Refusal exists() {
        return new Refusal(Code.FAILED, "There is a file %s already".formatted(file), "use --overwrite to replace it");
    }

    private static Export.Outcome write(Session session, Found found, OutputStream out) throws IOException {
        return new Export(session.repository().reader(), session.catalog())
                .write(found.version(), LsCommand.members(found), out, told(session));
    }

    private static Progress told(Session session) {
        return status -> session.output()
                .progress()
                .bytes(
                        "exporting",
                        () -> Sizes.count(status.files(), "file", "files"),
                        status.bytes(),
                        status.bytesTotal());
    }

    private void tell(Output output, Found found, Export.Outcome outcome) {
        if (output.json()) {
            output.document(new Exported(found.url().toString(), file.toString(), outcome.files(), outcome.bytes()));
        } else {
            output.note("%s, %s exported to %s"
                    .formatted(
                            Sizes.count(outcome.files(), "file", "files"),
                            Sizes.bytes(outcome.bytes()),
                            file.toString().equals("-") ? "standard output" : file));
        }
    }
}
