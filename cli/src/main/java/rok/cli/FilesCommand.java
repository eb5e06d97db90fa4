package rok.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.FileItem;
import rok.api.Items;
import rok.catalog.FileSummary;
import rok.catalog.VersionState;
import rok.names.BucketName;

/** {@code rok files BUCKET}. */
@Command(description = "List a bucket's files: one for each run, and those that you named.", sortOptions = false)
final class FilesCommand implements rok.cli.Command {
    @Parameters(paramLabel = "BUCKET", description = "Whose files.")
    String bucket = "";

    @Option(names = "--all", description = "Also files of which no version was finished.")
    boolean all;

    @Override
    public int run(Session session) {
        var listing = session.catalog().files(new BucketName(bucket));
        var files = listing.items().stream()
                .filter(file -> all || file.newest().state() != VersionState.ABORTED || file.versions() > 0)
                .toList();
        var output = session.output();
        if (output.json()) {
            output.document(new Items<>(files.stream().map(FileItem::of).toList(), listing.damaged()));
            return 0;
        }
        listing.damaged().forEach(output::warning);
        if (files.isEmpty()) {
            output.note("Bucket %s has no files".formatted(bucket));
            return 0;
        }
        output.table(
                List.of("FILE", ">VERSIONS", "NEWEST", ">SIZE", ">STORED", "TITLE"),
                files.stream().map(FilesCommand::row).toList());
        return 0;
    }

    private static List<String> row(FileSummary file) {
        var shown = file.head().orElse(file.newest());
        return List.of(
                file.name().value(),
                String.valueOf(file.versions()),
                Sizes.time(shown.created()),
                Sizes.bytes(shown.size().logical()),
                Sizes.bytes(file.storedBytes()),
                file.newest().state() == VersionState.PENDING
                        ? "(being written, %d %%) %s"
                                .formatted(
                                        file.newest().percent(), file.newest().title())
                        : shown.title());
    }
}
