package rok.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import rok.api.ErrorDocument.Code;
import rok.catalog.Actor;
import rok.check.Check;
import rok.check.CheckOptions;
import rok.check.CheckReport;
import rok.check.TimeBox;
import rok.check.Watch;

/** {@code rok check}. */
@Command(
        description =
                "Prove that everything that versions need is there, and name what is damaged and whom that hurts.",
        footer = {
            "",
            "It reads the index, every pack's footer, every record and every tree. With",
            "--read-data it also reads the packs themselves, those first that were read",
            "longest ago: ten checks with --read-data=10 read everything once. Exit code 4",
            "says that something is damaged.",
            "Example: rok check --read-data=5 --time-box 10m"
        },
        sortOptions = false)
final class CheckCommand implements rok.cli.Command {
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(s|m|h)");

    @Option(
            names = "--read-data",
            paramLabel = "PCT",
            description = "Read so many of a hundred bytes of the packs and verify every chunk in them (0).")
    double readData;

    @Option(names = "--time-box", paramLabel = "TIME", description = "Stop after that: 30s, 10m, 2h.")
    String timeBox = "";

    @Option(names = "--all", description = "Show every path that is hurt, not only the first of each thing.")
    boolean all;

    @Override
    public int run(Session session) {
        requirePercent(readData);
        var box = TimeBox.of(System::nanoTime, timeBox.isEmpty() ? Optional.empty() : Optional.of(time(timeBox)));
        var problem = session.repositoryProblem();
        if (problem.isPresent()) {
            return DamageOutput.repository(session.output(), problem.get());
        }
        var options = options(session, readData, box);
        var report = new Check(session.repository(), options).run();
        if (session.output().json()) {
            session.output().document(DamageOutput.document(report));
        } else {
            print(session.output(), report);
        }
        return report.isGood() ? 0 : Code.DAMAGED.exit();
    }

    static void requirePercent(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new Refusal(Code.USAGE, "--read-data is a number from 0 to 100", "");
        }
    }

    static CheckOptions options(Session session, double percent, TimeBox box) {
        var progress = session.output().progress();
        Watch watch = (what, done, total) -> {
            if (what.equals("data")) {
                progress.bytes("reading packs", () -> "", done, total);
            } else if (total > 0) {
                progress.show("checking %s  %,d of %,d".formatted(what, done, total));
            } else {
                progress.show("checking %s  %,d".formatted(what, done));
            }
        };
        return new CheckOptions(
                percent, box, Math.max(2, Runtime.getRuntime().availableProcessors()), Actor.system(), watch);
    }

    static Duration time(String text) {
        var match = TIME.matcher(text);
        if (!match.matches()) {
            throw new Refusal(Code.USAGE, "'%s' is no time".formatted(text), "say 30s, 10m or 2h");
        }
        var count = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private void print(Output output, CheckReport report) {
        DamageOutput.findings(output, report.findings(), report.findingsMore(), all);
        report.notes().forEach(note -> output.note(note.object() + " " + note.text()));
        if (report.notesMore() > 0) {
            output.note("and %,d notes more".formatted(report.notesMore()));
        }
        for (var line : reach(report)) {
            output.note(line);
        }
        if (report.isGood()) {
            output.line(report.complete() ? "No damage was found" : "No damage was found before time ran out");
        } else {
            output.note("rok repair puts right what can be put right: rok repair --help");
        }
    }

    private static List<String> reach(CheckReport report) {
        var reach = report.reach();
        return List.of(
                "Checked %s, %s, %s, %s%s"
                        .formatted(
                                Sizes.count(reach.segments(), "index segment", "index segments"),
                                Sizes.count(reach.packs(), "pack", "packs")
                                        + (reach.packs() < reach.packsTotal()
                                                ? " of %,d".formatted(reach.packsTotal())
                                                : ""),
                                Sizes.count(reach.chunks(), "chunk", "chunks"),
                                Sizes.count(reach.versions(), "version", "versions"),
                                reach.allVersions() ? "" : " (not all of them: time ran out)"),
                "Read %s of %s; %s were never read by this machine"
                        .formatted(
                                Sizes.bytes(reach.readBytes()),
                                Sizes.bytes(reach.bytesTotal()),
                                Sizes.bytes(reach.unverifiedBytes())));
    }
}
