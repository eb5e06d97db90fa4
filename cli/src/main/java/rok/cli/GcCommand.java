package rok.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import rok.api.ErrorDocument.Code;
import rok.gc.GcReport;
import rok.gc.GcReport.Outcome;

/** {@code rok gc}. */
@Command(
        description = "Give back the room of what no version needs any more.",
        footer = {
            "",
            "Versions may be written, read and deleted meanwhile; what somebody reads stays",
            "until he is done. Stopped at any point it does no harm, and the next one goes",
            "on."
        },
        sortOptions = false)
final class GcCommand implements rok.cli.Command {
    /** Longer than the lease of a writer that died; one that lives and writes for longer is left to the next time. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Less is mostly what packs say about themselves. */
    private static final long NOTABLE_BYTES = 1 << 20;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be freed, and why the rest stays.")
    boolean dryRun;

    /** Some packs, as {@code --json} prints them. */
    record Packs(long count, long bytes) {
        static Packs of(GcReport.Packs packs) {
            return new Packs(packs.count(), packs.bytes());
        }
    }

    /** What {@code --json} prints. */
    record Collected(
            String outcome,
            long versions,
            long chunks,
            Packs packs,
            Packs dead,
            Packs sparse,
            long moved,
            long freed,
            long rescued,
            long keptGarbage,
            List<String> waitedFor) {
        static Collected of(GcReport report) {
            return new Collected(
                    report.outcome().name().toLowerCase(Locale.ROOT),
                    report.versions(),
                    report.chunks(),
                    Packs.of(report.found()),
                    Packs.of(report.dead()),
                    Packs.of(report.sparse()),
                    report.movedBytes(),
                    report.freedBytes(),
                    report.rescued(),
                    report.keptGarbageBytes(),
                    report.waitedFor());
        }
    }

    @Override
    public int run(Session session) {
        // Fences what killed processes left, so that nobody waits for them
        var _ = session.catalog();
        var collector = session.collector();
        var report = dryRun ? collector.plan() : collector.collect(PATIENCE);
        if (session.output().json()) {
            session.output().document(Collected.of(report));
        } else {
            tell(session.output(), report);
        }
        return report.outcome() == Outcome.WAITING ? Code.FAILED.exit() : 0;
    }

    private static void tell(Output output, GcReport report) {
        output.line("Needed: %s, %s. There: %s"
                .formatted(
                        Sizes.count(report.versions(), "version", "versions"),
                        Sizes.count(report.chunks(), "chunk", "chunks"),
                        packs(report.found())));
        if (report.dead().count() > 0) {
            output.line("  %s: nothing needs them".formatted(packs(report.dead())));
        }
        if (report.sparse().count() > 0) {
            output.line("  %s hold little that is needed: %s moved out of them"
                    .formatted(packs(report.sparse()), Sizes.bytes(report.movedBytes())));
        }
        if (report.keptGarbageBytes() >= NOTABLE_BYTES) {
            output.line(
                    "  %s that nothing needs stay, beside what is needed: to move that would cost more than it frees"
                            .formatted(Sizes.bytes(report.keptGarbageBytes())));
        }
        output.line(
                switch (report.outcome()) {
                    case NOTHING -> "Nothing to collect";
                    case PLANNED -> "rok gc would free " + Sizes.bytes(report.freedBytes());
                    case COLLECTED -> "Freed " + Sizes.bytes(report.freedBytes());
                    case OVERTAKEN -> "Another collection was faster: it does the same";
                    case WAITING ->
                        "Still being written: %s. Nothing is freed before they end; run rok gc again then"
                                .formatted(String.join(", ", report.waitedFor()));
                });
    }

    private static String packs(GcReport.Packs packs) {
        return "%s (%s)".formatted(Sizes.count(packs.count(), "pack", "packs"), Sizes.bytes(packs.bytes()));
    }
}
