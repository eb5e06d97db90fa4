package rok.cli;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import rok.agent.LiveFolder;
import rok.agent.StatCaches;
import rok.api.ErrorDocument.Code;
import rok.catalog.Pause;
import rok.check.ChunkSource;
import rok.check.Repair;
import rok.check.RepairReport;
import rok.check.TimeBox;

/** {@code rok repair}. */
@Command(
        description = "Rebuild what can be rebuilt, put damage aside, and name what stays lost.",
        footer = {
            "",
            "Damaged objects are moved below quarantine/ in the store, never deleted.",
            "Folders given by --from are read for bytes that the store has lost: name the",
            "one a version was taken from. It may be stopped and run again, and others may",
            "go on working. Exit code 4 says that something stays lost.",
            "Example: rok repair --from ~/work"
        },
        sortOptions = false)
final class RepairCommand implements rok.cli.Command {
    @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
    boolean dryRun;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = "A folder that may have the lost bytes; may be repeated.")
    List<Path> from = new ArrayList<>();

    @Option(
            names = "--read-data",
            paramLabel = "PCT",
            description = "Look for damaged chunks in so many of a hundred bytes of the packs (100).")
    double readData = 100;

    @Option(names = "--all", description = "Show every path that is hurt, not only the first of each thing.")
    boolean all;

    /** Something that was done, as {@code --json} prints it. */
    record ActionItem(String done, String object, String text) {}

    /** What {@code --json} prints. */
    record RepairDocument(
            boolean dryRun,
            boolean healed,
            List<DamageOutput.FindingItem> found,
            List<ActionItem> actions,
            List<DamageOutput.FindingItem> lost) {}

    @Override
    public int run(Session session) throws NoSuchFileException {
        CheckCommand.requirePercent(readData);
        var sources = new ArrayList<ChunkSource>();
        for (var folder : from) {
            if (!Files.isDirectory(folder)) {
                throw new NoSuchFileException(folder.toString());
            }
            sources.add(new LiveFolder(folder.toAbsolutePath()));
        }
        var output = session.output();
        var problem = session.repositoryProblem();
        if (problem.isPresent()) {
            if (dryRun) {
                return DamageOutput.repository(output, problem.get());
            }
            session.rebuildRepository();
            output.note("wrote rok.json anew: " + problem.get());
        }
        var options = CheckCommand.options(session, readData, TimeBox.of(System::nanoTime, Optional.empty()));
        var repair = new Repair(session.repository(), options, sources, Pause.real());
        var report = dryRun ? repair.plan() : repair.run();
        if (!dryRun && !report.found().isGood()) {
            // What they remember may refer to chunks that are lost: the next snapshot then stores these again
            StatCaches.forgetAll(session.home().cache(), session.repository());
        }
        if (output.json()) {
            output.document(document(report));
        } else {
            print(output, report);
        }
        return report.healed() ? 0 : Code.DAMAGED.exit();
    }

    private RepairDocument document(RepairReport report) {
        return new RepairDocument(
                dryRun,
                report.healed(),
                DamageOutput.items(report.found().findings()),
                report.actions().stream()
                        .map(action -> new ActionItem(action.done(), action.object(), action.text()))
                        .toList(),
                DamageOutput.items(report.lost()));
    }

    private void print(Output output, RepairReport report) {
        for (var action : report.actions()) {
            output.line("%s %s%s"
                    .formatted(action.done(), action.object(), action.text().isEmpty() ? "" : ": " + action.text()));
        }
        if (report.found().isGood()) {
            output.line("Nothing is damaged");
        } else if (dryRun) {
            output.note("Nothing was changed");
        } else if (report.healed()) {
            output.line("Everything that versions need is there");
        } else {
            output.line("Lost:");
            DamageOutput.findings(output, report.lost(), 0, all);
            output.note(
                    "A folder that may still have it: rok repair --from DIR. A snapshot of what has it brings it back too");
        }
    }
}
