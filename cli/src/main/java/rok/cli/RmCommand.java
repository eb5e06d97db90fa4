package rok.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.api.Items;
import rok.catalog.Catalog;
import rok.catalog.InUseException;
import rok.catalog.VersionRecord;
import rok.format.StoreException;
import rok.names.RokUrl;

/** {@code rok rm VERSION...}. */
@Command(
        description = "Delete versions. There is no way back.",
        footer = {
            "",
            "A version is a Rok URL, BUCKET/FILE@VERSION, BUCKET/FILE (its newest), or the",
            "first characters of a version's id. Other versions keep all that they share with it."
        },
        sortOptions = false)
final class RmCommand implements rok.cli.Command {
    private static final int ANSWER_LENGTH_MAX = 100;

    @Parameters(paramLabel = "VERSION", arity = "1..*", description = "Which ones.")
    List<String> versions = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask. Without a terminal nobody is asked.")
    boolean yes;

    /** What goes, as {@code --json} tells it. */
    record Deleted(String url) {}

    @Override
    public int run(Session session) throws IOException {
        var catalog = session.catalog();
        var output = session.output();
        var going = new ArrayList<RokUrl>();
        for (var text : versions) {
            var place = catalog.locate(text);
            if (place.volume().isPresent()) {
                throw new Refusal(
                        Code.USAGE,
                        "'%s' is one member of the group %s, and goes only with all of it".formatted(text, place.url()),
                        "rok rm '%s'".formatted(place.url()));
            }
            going.add(place.url());
        }
        if (!yes && !output.json() && Terminal.asks()) {
            going.forEach(url -> output.note("deletes " + describe(catalog, url)));
            if (!agreed(output)) {
                output.note("Nothing was deleted");
                return Code.FAILED.exit();
            }
        }
        for (var url : going) {
            var description = describe(catalog, url);
            delete(catalog, url);
            output.note("deleted " + description);
        }
        if (output.json()) {
            output.document(Items.of(
                    going.stream().map(url -> new Deleted(url.toString())).toList()));
        }
        return 0;
    }

    private static void delete(Catalog catalog, RokUrl url) {
        try {
            catalog.delete(url);
        } catch (InUseException e) {
            throw new Refusal(Code.FAILED, String.valueOf(e.getMessage()), "wait until it has ended, or end it");
        }
    }

    private static String describe(Catalog catalog, RokUrl url) {
        var name = url.bucket() + "/" + url.file() + "@" + url.version();
        try {
            return name
                    + switch (catalog.look(url)) {
                        case VersionRecord.Committed(var _, var version) ->
                            " \"%s\", %s, %s"
                                    .formatted(
                                            version.title(),
                                            Sizes.bytes(version.size().logical()),
                                            Sizes.count(version.members().size(), "member", "members"));
                        case VersionRecord.Pending _ -> " (being written)";
                        case VersionRecord.Aborted _ -> " (not finished)";
                    };
        } catch (StoreException.Corrupt _) {
            return name + " (its record is damaged)";
        }
    }

    private static boolean agreed(Output output) throws IOException {
        output.note("Delete? [y/N]");
        var answer = new StringBuilder();
        for (var c = System.in.read();
                c >= 0 && c != '\n' && answer.length() < ANSWER_LENGTH_MAX;
                c = System.in.read()) {
            answer.append((char) c);
        }
        var word = answer.toString().strip();
        return word.startsWith("y") || word.startsWith("Y");
    }
}
