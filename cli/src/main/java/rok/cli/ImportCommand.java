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
import picocli.CommandLine.Parameters;
import rok.agent.Import;
import rok.api.ErrorDocument.Code;
import rok.names.BucketName;
import rok.names.FileName;
import rok.tar.TarException;

/** {@code rok import FILE BUCKET/FILE}. */
@Command(
        description = "Make a version of what a tar archive holds, plain or gzip-compressed.",
        footer = {
            "",
            "What rok export wrote comes back as it was: members, title and labels too,",
            "unless they are given here. It is not unpacked anywhere.",
            "Example: rok import work.tar mine/work"
        },
        sortOptions = false)
final class ImportCommand implements rok.cli.Command {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int GZIP = 0x1f8b;

    @Parameters(index = "0", paramLabel = "FILE", description = "The archive; - is standard input.")
    Path archive = Path.of("");

    @Parameters(index = "1", paramLabel = "BUCKET/FILE", description = "Where the version goes.")
    String to = "";

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
                "data");
        try (var in = open()) {
            session.forWriting();
            var importer = new Import(session.repository(), session.catalog(), InstantSource.system());
            var version = importer.read(
                    in,
                    request,
                    status -> session.output()
                            .progress()
                            .bytes("importing", () -> Sizes.count(status.files(), "file", "files"), status.bytes(), 0));
            SnapshotCommand.print(session.output(), version);
            return 0;
        } catch (TarException | ZipException e) {
            throw new Refusal(
                    Code.FAILED,
                    "%s can't be imported. %s".formatted(archive, e.getMessage()),
                    "nothing was stored of it. Tar archives are taken, plain or gzip-compressed");
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
