package rok.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.check.Whereabouts;
import rok.check.Whereabouts.Thing;

/** {@code rok why ID}. */
@Command(
        description = "Show where a chunk, a pack or an index segment lies, and which versions need it.",
        footer = {"", "The first characters of a name do, where they name one thing."},
        sortOptions = false)
final class WhyCommand implements rok.cli.Command {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{%d,64}".formatted(Whereabouts.PREFIX_LENGTH_MIN));
    private static final int USERS_SHOWN = 20;
    private static final int USERS_MAX = 200_000;

    @Parameters(paramLabel = "ID", description = "Of a chunk, a pack or a segment, in hex digits.")
    String id = "";

    @Option(names = "--all", description = "Show every path, not only the first 20.")
    boolean all;

    @Override
    public int run(Session session) {
        var prefix = id.toLowerCase(Locale.ROOT);
        if (!HEX.matcher(prefix).matches()) {
            throw new Refusal(
                    Code.USAGE,
                    "'%s' is no name of a chunk, a pack or a segment".formatted(id),
                    "give %d to 64 hex digits".formatted(Whereabouts.PREFIX_LENGTH_MIN));
        }
        var whereabouts = new Whereabouts(session.repository());
        var found = whereabouts.find(prefix);
        if (found.isEmpty()) {
            throw new Refusal(
                    Code.NOT_FOUND,
                    "There is no chunk, pack or segment %s".formatted(id),
                    "rok check names what is lost");
        }
        if (found.size() > 1) {
            throw new Refusal(
                    Code.USAGE,
                    "'%s' may be %s"
                            .formatted(id, found.stream().map(WhyCommand::name).collect(Collectors.joining(", "))),
                    "give more of it");
        }
        var answer = whereabouts.explain(found.getFirst(), all ? USERS_MAX : USERS_SHOWN);
        if (session.output().json()) {
            session.output().document(answer);
        } else {
            print(session.output(), answer);
        }
        return 0;
    }

    private static String name(Thing thing) {
        return switch (thing) {
            case Thing.Chunk(var chunk) -> "chunk " + chunk;
            case Thing.Pack(var pack) -> "pack " + pack;
            case Thing.Segment(var key) -> "segment " + key;
        };
    }

    private static void print(Output output, Whereabouts.Answer answer) {
        output.line("%s %s, %s%s"
                .formatted(
                        answer.kind(),
                        answer.id(),
                        Sizes.bytes(answer.bytes()),
                        answer.kind().equals("chunk") ? "" : ", " + Sizes.count(answer.chunks(), "chunk", "chunks")));
        for (var place : answer.places()) {
            output.line("lies in pack %s at byte %,d, %,d bytes for %,d"
                    .formatted(place.pack(), place.offset(), place.length(), place.plainLength()));
        }
        if (!answer.kind().equals("segment")) {
            lists(output, answer.segments());
        }
        if (answer.users().isEmpty()) {
            output.line("no version needs it");
        }
        answer.users().forEach(user -> output.line("needed by " + DamageOutput.text(user)));
        if (answer.more()) {
            output.line("and by others: --all shows them");
        }
    }

    private static void lists(Output output, List<String> segments) {
        if (segments.isEmpty()) {
            output.line("listed by no index segment");
        }
        segments.forEach(segment -> output.line("listed by segment " + segment));
    }
}
