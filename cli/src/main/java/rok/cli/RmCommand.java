package rok.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.api.FreedDocument;
import rok.api.Items;
import rok.catalog.Catalog;
import rok.catalog.InUseException;
import rok.catalog.VersionRecord;
import rok.format.StoreException;
import rok.gc.DeleteForecast;
import rok.names.RokUrl;

/** {@code rok rm VERSION...}. */
@Command(
        description = "Delete versions. There is no way back.",
        footer = {
            "",
            "A version is a Rok URL, BUCKET/FILE@VERSION, BUCKET/FILE (its newest), or the",
            "first characters of a version's id. Other versions keep all that they share",
            "with it."
        },
        sortOptions = false)
final class RmCommand implements rok.cli.Command {
    private static final int ANSWER_LENGTH_MAX = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration UNBOUNDED = Duration.ofDays(30);

    @Parameters(paramLabel = "VERSION", arity = "1..*", description = "Which ones.")
    List<String> versions = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask. Without a terminal nobody is asked.")
    boolean yes;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be freed.")
    boolean dryRun;

    /** What goes, as {@code --json} tells it. */
    record Deleted(String url) {}

    /** What would go, and free, as {@code --json} tells it. */
    record Planned(List<Deleted> items, FreedDocument frees) {}

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
        if (dryRun) {
            return plan(session, going);
        }
        if (!yes && !output.json() && Terminal.asks()) {
            going.forEach(url -> output.note("deletes " + describe(catalog, url)));
            output.note(frees(session, going));
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

    private static int plan(Session session, List<RokUrl> going) {
        var output = session.output();
        var freed = session.forecast().of(Set.copyOf(going), UNBOUNDED);
        if (output.json()) {
            var items = going.stream().map(url -> new Deleted(url.toString())).toList();
            output.document(new Planned(items, FreedDocument.of(freed)));
            return 0;
        }
        going.forEach(url -> output.line("would delete " + describe(session.catalog(), url)));
        output.line(tell(freed.orElseThrow()));
        return 0;
    }

    /** For who is about to decide, so within a time that he waits. */
    private static String frees(Session session, List<RokUrl> going) {
        try {
            return session.forecast()
                    .of(Set.copyOf(going), PATIENCE)
                    .map(RmCommand::tell)
                    .orElse("what that frees takes long to find out in this store: rok rm --dry-run does");
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            return "what that frees is not known: " + e.getMessage();
        }
    }

    private static String tell(DeleteForecast.Freed freed) {
        if (freed.chunks() == 0) {
            return "frees nothing: other versions need all of it";
        }
        return "frees %s that nothing else needs; the next rok gc gives %s back"
                .formatted(
                        Sizes.bytes(freed.bytes()),
                        freed.collected() == 0 ? "nothing yet" : Sizes.bytes(freed.collected()));
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
