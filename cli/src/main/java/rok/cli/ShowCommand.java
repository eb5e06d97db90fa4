package rok.cli;

import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import rok.api.VersionDocument;
import rok.catalog.Version;
import rok.catalog.VersionRecord;
import rok.names.RokUrl;

/** {@code rok show VERSION}. */
@Command(
        description = "Show a version: its members, labels, sizes, time and URLs.",
        footer = {
            "",
            "A version is a Rok URL, BUCKET/FILE@VERSION, BUCKET/FILE (its newest), or the",
            "first characters of a version's id. BUCKET/FILE_VOLUME names one member of a",
            "group."
        },
        sortOptions = false)
final class ShowCommand implements rok.cli.Command {
    private static final int LABEL_WIDTH = 10;

    @Parameters(paramLabel = "VERSION", description = "Which one.")
    String version = "";

    @Override
    public int run(Session session) {
        var place = session.catalog().locate(version);
        var record = session.catalog().look(place.url());
        var named = place.volume().map(place.url()::member).orElse(place.url());
        var output = session.output();
        if (output.json()) {
            output.document(
                    record instanceof VersionRecord.Committed committed
                            ? VersionDocument.of(committed.version(), named)
                            : VersionDocument.of(record));
            return 0;
        }
        switch (record) {
            case VersionRecord.Committed committed -> {
                committed.version().warnings().forEach(output::warning);
                show(output, committed.version(), named);
            }
            case VersionRecord.Pending pending ->
                unfinished(
                        output,
                        pending.begin(),
                        "being written, %d %% %s"
                                .formatted(
                                        pending.progress().percent(),
                                        pending.progress().message()));
            case VersionRecord.Aborted aborted ->
                unfinished(output, aborted.begin(), "not finished: " + aborted.reason());
        }
        return 0;
    }

    private static void show(Output output, Version version, RokUrl named) {
        var size = version.size();
        line(output, "URL", named.toString());
        line(output, "Title", version.title());
        line(output, "Message", version.message().replace("\n", "\n" + " ".repeat(LABEL_WIDTH)));
        line(output, "Created", Sizes.time(version.created()));
        line(
                output,
                "Size",
                "%s, of which %s new, %s stored"
                        .formatted(Sizes.bytes(size.logical()), Sizes.bytes(size.fresh()), Sizes.bytes(size.stored())));
        line(output, "Hash", version.hash());
        line(output, "Labels", pairs(version));
        line(output, "Metadata", String.join(", ", new TreeMap<>(version.metadata()).keySet()));
        version.members()
                .forEach(member ->
                        member.capture().ifPresent(capture -> line(output, "Caught", caught(member, capture))));
        line(output, "Complete", version.warnings().isEmpty() ? "yes" : "no, see the warnings");
        output.line("");
        output.table(
                List.of("MEMBER", "KIND", "MOUNT", ">SIZE", ">FILES", "URL"),
                version.members().stream()
                        .map(member -> List.of(
                                member.name(),
                                member.kind(),
                                member.mount(),
                                Sizes.bytes(member.bytes()),
                                String.valueOf(member.files()),
                                version.url().member(member.name()).toString()))
                        .toList());
    }

    private static String caught(Version.Member member, Version.Capture capture) {
        return "%s in %s, %s changed, %s read%s"
                .formatted(
                        member.name(),
                        Sizes.millis(capture.pause()),
                        Sizes.bytes(capture.changedBytes()),
                        Sizes.bytes(capture.readBytes()),
                        capture.fullRead().isEmpty() ? "" : ": " + capture.fullRead());
    }

    private static void unfinished(Output output, VersionRecord.Begin begin, String state) {
        line(output, "URL", begin.url().toString());
        line(output, "Title", begin.title());
        line(output, "Begun", Sizes.time(begin.started()));
        line(output, "State", state);
    }

    private static String pairs(Version version) {
        var pairs = new TreeMap<>(version.labels());
        return String.join(
                ", ",
                pairs.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .toList());
    }

    private static void line(Output output, String label, String value) {
        if (!value.isBlank()) {
            output.line(label + " ".repeat(LABEL_WIDTH - label.length()) + value);
        }
    }
}
