package rok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import rok.agent.Progress;
import rok.agent.Restorer;
import rok.agent.StatCaches;
import rok.api.ErrorDocument.Code;
import rok.catalog.Version;
import rok.names.RokUrl;
import rok.notebook.Notebook;
import rok.pipeline.Compiler;
import rok.runner.Parameters;
import rok.runner.PythonEnvironment;
import rok.runner.RunException;
import rok.runner.RunRequest;
import rok.runner.RunResult;
import rok.runner.Snapshots;
import rok.runner.StepState;
import rok.volume.Existing;

/** {@code rok demo}: a real notebook with stand-in data, run as a pipeline, and one step given back. Works any number of times. */
@picocli.CommandLine.Command(
        description = {
            "Sets up what steps need, runs the titanic notebook as a pipeline in a folder of its own below ROK_HOME, and gives"
                    + " back what one of its steps left.",
            ""
        })
final class DemoCommand implements Command {
    private static final String NOTEBOOK = "titanic_dataset_ml.ipynb";
    private static final String STEP = "featureengineering";

    @Override
    public int run(Session session) throws Exception {
        var home = session.home();
        Files.createDirectories(home.folder());
        try {
            var python = PythonEnvironment.prepare(
                    home.python(), line -> session.output().progress().show(line));
            var workspace = workspace(home.folder().resolve("demo").resolve("titanic"), python);
            var pipeline = Compiler.compile(Notebook.read(workspace.resolve(NOTEBOOK)));
            session.output()
                    .note("Running %s: %d steps"
                            .formatted(NOTEBOOK, pipeline.steps().size()));
            var request = new RunRequest(
                    pipeline,
                    pipeline.experiment(),
                    NOTEBOOK,
                    List.of(new Snapshots.Volume("workspace", workspace, RunRequest.HOME)),
                    Parameters.of(pipeline, java.util.Map.of()),
                    Optional.empty(),
                    2,
                    false);
            var result = RunCommand.run(session, request, new RunView(session.output(), pipeline, false));
            if (result.state() != StepState.SUCCEEDED) {
                return result.state() == StepState.CANCELLED ? Code.INTERRUPTED.exit() : Code.FAILED.exit();
            }
            giveBack(session, workspace, result);
            return 0;
        } catch (RunException e) {
            throw new Refusal(Code.FAILED, Objects.requireNonNullElse(e.getMessage(), "The demo failed"), e.hint());
        }
    }

    /** The notebook and its data; what is there already stays. */
    private static Path workspace(Path folder, PythonEnvironment python) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        copy("titanic/" + NOTEBOOK, folder.resolve(NOTEBOOK));
        var data = folder.resolve("data");
        if (!Files.exists(data.resolve("test.csv"))) {
            var maker = folder.resolveSibling("make_data.py");
            copy("make_data.py", maker);
            var code = new ProcessBuilder(python.python().toString(), maker.toString(), "titanic", data.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new RunException("The stand-in data could not be made in " + data, "Is there room on the disk?");
            }
        }
        return folder.toRealPath();
    }

    private static void copy(String example, Path target) throws IOException {
        if (Files.exists(target)) {
            return;
        }
        try (var in = DemoCommand.class.getResourceAsStream("/rok/examples/" + example)) {
            if (in == null) {
                throw new IOException("This build of Rok lacks the example " + example);
            }
            var partial = target.resolveSibling(target.getFileName() + ".partial");
            Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Restores what a step left into a fresh folder, and compares it with the workspace. */
    private static void giveBack(Session session, Path workspace, RunResult result) throws IOException {
        var after = result.steps().stream()
                .filter(s -> s.name().equals(STEP))
                .findFirst()
                .flatMap(RunResult.StepResult::after)
                .orElseThrow();
        var version = version(session, after);
        var target = workspace.resolveSibling(
                "restored-" + STEP + "-" + result.names().uuid().substring(0, 8));
        var caches = new StatCaches(session.home().cache(), session.repository());
        var began = Instant.now();
        var outcome = new Restorer(session.repository().reader(), session.catalog(), caches)
                .restore(version, version.members(), target, List.of(), Existing.REFUSE, Progress.NONE);
        var took = Duration.between(began, Instant.now());
        var same = new ArrayList<Path>();
        var made = new ArrayList<Path>();
        compare(workspace, target, same, made);
        if (session.output().json()) {
            return;
        }
        var output = session.output();
        output.line("");
        output.line("Restored what step '%s' left, %s in %s: %s"
                .formatted(STEP, Sizes.count(outcome.files(), "file", "files"), Sizes.duration(took), target));
        output.line(
                "  %s byte for byte as in the workspace, %s that steps made (their values are in .%s.kale.marshal.dir)"
                        .formatted(
                                Sizes.count(same.size(), "file", "files"),
                                Sizes.count(made.size(), "file", "files"),
                                NOTEBOOK));
        var names = result.names();
        output.line("");
        output.line(
                "Everything is in %s. What to do next:".formatted(session.home().folder()));
        output.line("  rok serve                                  all of it as a page");
        output.line("  rok versions %s/%s".formatted(names.bucket(), names.file()));
        output.line("  rok run YOUR_NOTEBOOK.ipynb                a notebook of yours, its cells tagged step:NAME");
        output.flush();
    }

    private static Version version(Session session, RokUrl url) {
        return session.catalog().find(url).version();
    }

    private static void compare(Path workspace, Path restored, List<Path> same, List<Path> made) throws IOException {
        try (var files = Files.walk(restored)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var path = restored.relativize(file);
                var original = workspace.resolve(path.toString());
                if (!Files.exists(original)) {
                    made.add(path);
                } else if (Files.mismatch(file, original) < 0) {
                    same.add(path);
                } else {
                    throw new Refusal(
                            Code.DAMAGED,
                            "The restored %s is not what the workspace holds".formatted(path),
                            "Was the workspace changed meanwhile? Run rok demo again");
                }
            }
        }
    }
}
