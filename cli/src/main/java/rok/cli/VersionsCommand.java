package rok.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.Items;
import rok.api.VersionItem;
import rok.catalog.VersionState;
import rok.catalog.VersionSummary;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.NameException;

/** {@code rok versions BUCKET/FILE}. */
@Command(description = "List a file's versions, newest first.", sortOptions = false)
final class VersionsCommand implements rok.cli.Command {
    @Parameters(paramLabel = "BUCKET/FILE", description = "Whose versions.")
    String file = "";

    @Option(names = "--all", description = "Also those that were not finished.")
    boolean all;

    @Override
    public int run(Session session) {
        var slash = file.indexOf('/');
        if (slash < 0) {
            throw new NameException("'%s' names no file: give BUCKET/FILE".formatted(file));
        }
        var listing = session.catalog()
                .versions(new BucketName(file.substring(0, slash)), new FileName(file.substring(slash + 1)));
        var versions = listing.items().stream()
                .filter(version -> all || version.state() != VersionState.ABORTED)
                .toList();
        var output = session.output();
        if (output.json()) {
            output.document(new Items<>(versions.stream().map(VersionItem::of).toList(), listing.damaged()));
            return 0;
        }
        listing.damaged().forEach(output::warning);
        if (versions.isEmpty()) {
            output.note("File %s has no finished version; --all shows the others".formatted(file));
            return 0;
        }
        var length = ShortVersions.length(
                versions.stream().map(version -> version.url().version()).toList());
        output.table(
                List.of("VERSION", "CREATED", ">SIZE", ">NEW", ">STORED", "TITLE"),
                versions.stream().map(version -> row(version, length)).toList());
        return 0;
    }

    private static List<String> row(VersionSummary version, int length) {
        return List.of(
                version.url().version().value().substring(0, length),
                Sizes.time(version.created()),
                Sizes.bytes(version.size().logical()),
                Sizes.bytes(version.size().fresh()),
                Sizes.bytes(version.size().stored()),
                switch (version.state()) {
                    case COMMITTED -> version.complete() ? version.title() : version.title() + " (incomplete)";
                    case PENDING -> "(being written, %d %%) %s".formatted(version.percent(), version.title());
                    case ABORTED -> "(not finished) " + version.title();
                });
    }
}
