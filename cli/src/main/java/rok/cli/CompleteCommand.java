package rok.cli;

import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import rok.catalog.Catalog;
import rok.names.BucketName;
import rok.names.FileName;

/** What the completion script asks: the names that begin with a word, one on each line. */
@Command(hidden = true)
final class CompleteCommand implements rok.cli.Command {
    private static final int NAMES_MAX = 200;

    @Parameters(index = "0")
    String command = "";

    @Parameters(index = "1", arity = "0..1")
    String word = "";

    @Override
    public int run(Session session) {
        session.keySource().neverAsk();
        try {
            names(session.catalogAsItIs())
                    .filter(name -> name.startsWith(word) && isPlain(name))
                    .limit(NAMES_MAX)
                    .forEach(session.output()::line);
        } catch (RuntimeException _) {
            // Whatever is wrong, a shell that waits for names wants none of it; the command itself will say
            return 0;
        }
        return 0;
    }

    private Stream<String> names(Catalog catalog) {
        var slash = word.indexOf('/');
        if (slash < 0) {
            var end = command.equals("files") ? "" : "/";
            return catalog.buckets().stream().map(bucket -> bucket.name() + end);
        }
        var bucket = new BucketName(word.substring(0, slash));
        var at = word.lastIndexOf('@');
        if (at < slash || command.equals("versions")) {
            return catalog.files(bucket).items().stream().map(file -> bucket + "/" + file.name());
        }
        var file = new FileName(word.substring(slash + 1, at));
        return catalog.versions(bucket, file).items().stream()
                .map(version -> bucket + "/" + file + "@" + version.url().version());
    }

    /** Needs no quotes in a shell. */
    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/@._=+-:".indexOf(c) >= 0);
    }
}
