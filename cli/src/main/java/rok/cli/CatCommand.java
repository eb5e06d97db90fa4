package rok.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.VersionFiles;
import rok.agent.VersionFiles.Place;
import rok.api.ErrorDocument.Code;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;

/** {@code rok cat VERSION PATH}. */
@Command(description = "Write a file of a version to standard output, byte for byte.", sortOptions = false)
final class CatCommand implements rok.cli.Command {
    @Parameters(index = "0", paramLabel = "VERSION", description = "Which one: see rok show --help.")
    String version = "";

    @Parameters(index = "1", paramLabel = "PATH", description = "A file in it, as rok ls shows it.")
    String path = "";

    @Option(names = "--offset", paramLabel = "BYTES", description = "Begin there.")
    long offset;

    @Option(names = "--length", paramLabel = "BYTES", description = "Write no more than that.")
    long length = Long.MAX_VALUE;

    @Override
    public int run(Session session) throws IOException {
        if (offset < 0 || length < 0) {
            throw new Refusal(Code.USAGE, "--offset and --length can't be below 0", "");
        }
        var found = session.resolve(version);
        var files = new VersionFiles(session.repository().reader(), LsCommand.members(found));
        var file = files.find(ByteString.utf8(path))
                .map(CatCommand::file)
                .orElseThrow(() -> new Refusal(
                        Code.NOT_FOUND,
                        "There is no %s in %s".formatted(path, found.url()),
                        "rok ls %s shows what there is".formatted(version)));
        var input = files.open(file);
        input.seek(Math.min(offset, input.length()));
        var out = session.output().bytes();
        var buffer = new byte[1 << 16];
        for (var left = length; left > 0 && !session.output().broken(); ) {
            var count = input.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                break;
            }
            out.write(buffer, 0, count);
            left -= count;
        }
        out.flush();
        return 0;
    }

    private static Entry.File file(Place place) {
        if (place instanceof Place.Found at && at.entry() instanceof Entry.File file) {
            return file;
        }
        throw new Refusal(Code.FAILED, "That is no file", "rok ls shows what a folder holds");
    }
}
