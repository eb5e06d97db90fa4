package rok.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.ImageImport;
import rok.agent.Import;
import rok.agent.Progress;
import rok.api.ErrorDocument.Code;
import rok.catalog.Version;
import rok.names.BucketName;
import rok.names.FileName;
import rok.tar.TarException;
import rok.volume.ImageFile;

/** {@code rok import FILE BUCKET/FILE}. */
@Command(
        description = "Make a version of what a tar archive holds, or of a disk.",
        footer = {
            "",
            "What rok export wrote comes back as it was: members, title and labels too,",
            "unless they are given here. It is not unpacked anywhere.",
            "Archives are plain or gzip-compressed. A disk is an image in a file, or a",
            "block device; nobody may write to it meanwhile.",
            "Examples: rok import work.tar mine/work",
            "          rok import --image disk.img mine/disk"
        },
        sortOptions = false)
final class ImportCommand implements rok.cli.Command {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int GZIP = 0x1f8b;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "The archive, or with --image the disk; - is standard input.")
    Path archive = Path.of("");

    @Parameters(index = "1", paramLabel = "BUCKET/FILE", description = "Where the version goes.")
    String to = "";

    @Option(names = "--image", description = "The file is the image of a disk, or a block device.")
    boolean image;

    @Mixin
    VersionTexts texts = new VersionTexts();

    @Mixin
    LimitOptions limits = new LimitOptions();

    @Override
    public int run(Session session) throws IOException {
        session.limit(limits.rates());
        var slash = to.indexOf('/');
        if (slash < 0) {
            throw new Refusal(Code.USAGE, "%s is not BUCKET/FILE".formatted(to), "rok import --help");
        }
        var request = new Import.Request(
                new BucketName(to.substring(0, slash)),
                new FileName(to.substring(slash + 1)),
                texts.title,
                texts.message,
                texts.labels,
                image ? Version.Member.DISK : "data");
        SnapshotCommand.print(session.output(), image ? disk(session, request) : archive(session, request));
        return 0;
    }

    private Version disk(Session session, Import.Request request) {
        if (archive.toString().equals("-")) {
            throw new Refusal(Code.USAGE, "A disk can't come from standard input", "name its image or its device");
        }
        if (!Files.exists(archive)) {
            throw new Refusal(Code.NOT_FOUND, "There is no file " + archive, "");
        }
        try {
            session.forWriting();
            return new ImageImport(session.repository(), session.catalog(), InstantSource.system())
                    .read(archive, request, told(session));
        } catch (ImageFile.NoImageException e) {
            throw new Refusal(Code.FAILED, String.valueOf(e.getMessage()), "rok snapshot makes a version of a folder");
        } catch (ImageFile.InUseException e) {
            throw new Refusal(Code.FAILED, String.valueOf(e.getMessage()), "unmount it first");
        } catch (ImageImport.ChangedException e) {
            throw new Refusal(
                    Code.FAILED,
                    String.valueOf(e.getMessage()),
                    "nothing was stored of it. Stop what writes to it, or import a copy");
        }
    }

    private static Progress told(Session session) {
        return status -> session.output()
                .progress()
                .bytes(
                        "importing",
                        () -> Sizes.count(status.files(), "file", "files"),
                        status.bytes(),
                        status.bytesTotal());
    }

    private Version archive(Session session, Import.Request request) throws IOException {
        try (var in = open()) {
            session.forWriting();
            return new Import(session.repository(), session.catalog(), InstantSource.system())
                    .read(in, request, told(session));
        } catch (TarException | ZipException e) {
            throw new Refusal(
                    Code.FAILED,
                    "%s can't be imported. %s".formatted(archive, e.getMessage()),
                    "nothing was stored of it. Tar archives are taken, plain or gzip-compressed, and disks with --image");
        }
    }

    private InputStream open() throws IOException {
        if (!archive.toString().equals("-")) {
            if (Files.isDirectory(archive)) {
                throw new Refusal(Code.FAILED, archive + " is a folder", "rok snapshot makes a version of a folder");
            }
            if (!Files.exists(archive)) {
                throw new Refusal(Code.NOT_FOUND, "There is no file " + archive, "");
            }
        }
        var in = new BufferedInputStream(
                archive.toString().equals("-") ? System.in : Files.newInputStream(archive), BUFFER_BYTES);
        in.mark(2);
        var magic = in.read() << 8 | in.read();
        in.reset();
        return magic == GZIP ? new GZIPInputStream(in, BUFFER_BYTES) : in;
    }
}
