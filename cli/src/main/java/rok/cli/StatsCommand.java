package rok.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import rok.check.Statistics;

/** {@code rok stats}. */
@Command(
        description = "Show what the store holds: versions, chunks, packs, what is saved, and what is largest.",
        footer = {"", "It reads the index and the records, and no data."},
        sortOptions = false)
final class StatsCommand implements rok.cli.Command {
    /** What {@code --json} prints. */
    record StatsDocument(
            long buckets,
            long files,
            long versions,
            long unfinished,
            long logicalBytes,
            long uniqueBytes,
            long recordBytes,
            long packBytes,
            double deduplication,
            double compression,
            long chunks,
            long doubleEntries,
            long packs,
            long segments,
            long indexBytes,
            List<Statistics.Bar> chunkSizes,
            List<Statistics.Share> largestBuckets,
            List<Statistics.Share> largestFiles,
            List<String> warnings) {}

    @Override
    public int run(Session session) {
        var stats = Statistics.of(session.repository());
        if (session.output().json()) {
            session.output().document(document(stats));
        } else {
            print(session.output(), stats);
        }
        return 0;
    }

    private static StatsDocument document(Statistics stats) {
        return new StatsDocument(
                stats.buckets(),
                stats.files(),
                stats.versions(),
                stats.unfinished(),
                stats.logicalBytes(),
                stats.uniqueBytes(),
                stats.recordBytes(),
                stats.packBytes(),
                stats.deduplication(),
                stats.compression(),
                stats.chunks(),
                stats.doubleEntries(),
                stats.packs(),
                stats.segments(),
                stats.indexBytes(),
                stats.chunkSizes(),
                stats.largestBuckets(),
                stats.largestFiles(),
                stats.damaged());
    }

    private static void print(Output output, Statistics stats) {
        output.line("%s in %s of %s%s"
                .formatted(
                        Sizes.count(stats.versions(), "version", "versions"),
                        Sizes.count(stats.files(), "file", "files"),
                        Sizes.count(stats.buckets(), "bucket", "buckets"),
                        stats.unfinished() == 0 ? "" : ", %,d unfinished".formatted(stats.unfinished())));
        output.line("logical   %10s   all versions, as they restore".formatted(Sizes.bytes(stats.logicalBytes())));
        output.line("unique    %10s   %s times less, in %s"
                .formatted(
                        Sizes.bytes(stats.uniqueBytes()),
                        ratio(stats.deduplication()),
                        Sizes.count(stats.chunks(), "chunk", "chunks")));
        output.line("stored    %10s   %s times less again, in %s"
                .formatted(
                        Sizes.bytes(stats.packBytes()),
                        ratio(stats.compression()),
                        Sizes.count(stats.packs(), "pack", "packs")));
        output.line("index     %10s   %s"
                .formatted(Sizes.bytes(stats.indexBytes()), Sizes.count(stats.segments(), "segment", "segments")));
        output.line("");
        output.table(
                List.of(">CHUNKS UP TO", ">COUNT", ">BYTES"),
                stats.chunkSizes().stream()
                        .filter(bar -> bar.chunks() > 0)
                        .map(bar -> List.of(
                                Sizes.bytes(bar.upTo()), "%,d".formatted(bar.chunks()), Sizes.bytes(bar.bytes())))
                        .toList());
        output.line("");
        shares(output, "BUCKET", stats.largestBuckets());
        output.line("");
        shares(output, "FILE", stats.largestFiles());
        stats.damaged().forEach(output::warning);
    }

    private static void shares(Output output, String what, List<Statistics.Share> shares) {
        output.table(
                List.of(what, ">VERSIONS", ">LOGICAL", ">ADDED"),
                shares.stream()
                        .map(share -> List.of(
                                share.name(),
                                "%,d".formatted(share.versions()),
                                Sizes.bytes(share.logicalBytes()),
                                Sizes.bytes(share.newBytes())))
                        .toList());
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
