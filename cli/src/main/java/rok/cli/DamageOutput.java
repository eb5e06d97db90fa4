package rok.cli;

import java.util.List;
import rok.api.ErrorDocument.Code;
import rok.check.CheckReport;
import rok.check.Finding;
import rok.check.Hurt;

/** What checks and repairs say of damage, as lines and as documents. */
final class DamageOutput {
    private static final int HURTS_SHOWN = 10;

    private DamageOutput() {}

    /** A finding, as {@code --json} prints it. */
    record FindingItem(String kind, String object, String problem, List<Hurt> hurts, long hurtsMore) {
        static FindingItem of(Finding finding) {
            return new FindingItem(
                    finding.kind().text(), finding.object(), finding.problem(), finding.hurts(), finding.hurtsMore());
        }
    }

    /** A note, as {@code --json} prints it. */
    record NoteItem(String object, String text) {}

    /** What {@code rok check --json} prints. */
    record CheckDocument(
            boolean good,
            boolean complete,
            List<FindingItem> findings,
            long findingsMore,
            List<NoteItem> notes,
            long notesMore,
            CheckReport.Reach reach) {}

    static CheckDocument document(CheckReport report) {
        return new CheckDocument(
                report.isGood(),
                report.complete(),
                items(report.findings()),
                report.findingsMore(),
                report.notes().stream()
                        .map(note -> new NoteItem(note.object(), note.text()))
                        .toList(),
                report.notesMore(),
                report.reach());
    }

    static List<FindingItem> items(List<Finding> findings) {
        return findings.stream().map(FindingItem::of).toList();
    }

    /** {@code rok.json} is damaged, so that nothing else can be looked at. Answers the exit code. */
    static int repository(Output output, String problem) {
        var finding = new Finding(Finding.Kind.REPOSITORY, "rok.json", problem, List.of(), 0);
        if (output.json()) {
            var reach = new CheckReport.Reach(0, 0, 0, 0, 0, 0, false, 0, 0, 0, 0);
            output.document(document(new CheckReport(List.of(finding), 0, List.of(), 0, reach, false)));
        } else {
            findings(output, List.of(finding), 0, false);
            output.note(
                    "Nothing else could be looked at. rok repair writes it anew, but for an encrypted store: there put back a copy. Check again then");
        }
        return Code.DAMAGED.exit();
    }

    static void findings(Output output, List<Finding> findings, long more, boolean all) {
        for (var finding : findings) {
            output.line("%s %s: %s".formatted(finding.kind().text(), finding.object(), finding.problem()));
            var hurts = finding.hurts();
            var shown = all ? hurts.size() : Math.min(HURTS_SHOWN, hurts.size());
            hurts.subList(0, shown).forEach(hurt -> output.line("  hurts " + text(hurt)));
            var left = hurts.size() - shown + finding.hurtsMore();
            if (left > 0) {
                output.line("  and %,d places more".formatted(left));
            }
            if (hurts.isEmpty()) {
                output.line("  hurts no version");
            }
        }
        if (more > 0) {
            output.line("and %,d things more".formatted(more));
        }
    }

    static String text(Hurt hurt) {
        var version = "%s/%s@%s".formatted(hurt.bucket(), hurt.file(), hurt.version());
        if (hurt.path().isEmpty()) {
            return version + " as a whole";
        }
        return hurt.path().endsWith("/")
                ? "%s %s:%s and everything below".formatted(version, hurt.member(), hurt.path())
                : "%s %s:%s bytes %,d to %,d"
                        .formatted(version, hurt.member(), hurt.path(), hurt.offset(), hurt.offset() + hurt.length());
    }
}
