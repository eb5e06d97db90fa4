package rok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.notebook.Notebook;
import rok.notebook.NotebookException;
import rok.pipeline.Compiler;
import rok.pipeline.Pipeline;
import rok.runner.PipelineRun;
import rok.runner.PythonEnvironment;
import rok.runner.RunException;
import rok.runner.RunRequest;
import rok.runner.RunResult;
import rok.runner.Snapshots;

/** {@code rok run}: runs a tagged notebook as a pipeline, on clones, each step between two versions. */
@picocli.CommandLine.Command(
        description = {
            "Runs a tagged notebook as a pipeline.",
            "",
            "The workspace (the notebook's folder, if no other is named) and any further volumes are stored as one version and"
                    + " cloned. Each step runs in a kernel of its own on the clones, and is stored before and after. The"
                    + " originals are never changed.",
            ""
        })
final class RunCommand implements Command {
    @Parameters(paramLabel = "NOTEBOOK", description = "An .ipynb file.")
    Path notebook = Path.of("");

    @Option(
            names = "--experiment",
            paramLabel = "E",
            description = "The bucket for the run's versions; the notebook names one.")
    @Nullable
    String experiment;

    @Option(names = "--param", paramLabel = "NAME=VALUE", description = "A value for a pipeline parameter.")
    Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--workspace",
            paramLabel = "DIR",
            description = "The folder that steps see as their home; holds the notebook.")
    @Nullable
    Path workspace;

    @Option(
            names = "--volume",
            paramLabel = "NAME=DIR[:MOUNT]",
            description = "A further folder, seen at MOUNT (else where the notebook says, else at /home/jovyan/NAME).")
    List<String> volumes = new ArrayList<>();

    @Option(names = "--python", paramLabel = "P", description = "The Python of the kernels; needs ipykernel.")
    @Nullable
    Path python;

    @Option(names = "--steps-parallel", paramLabel = "N", description = "Steps that may run at the same time (1).")
    int stepsParallel = 1;

    @Option(
            names = "--plain-mounts",
            description = "Let steps see the clones at their own paths, without private mounts.")
    boolean plainMounts;

    @Mixin
    LimitOptions limits = new LimitOptions();

    @Override
    public int run(Session session) throws Exception {
        session.limit(limits.rates());
        try {
            var request = request();
            var result = run(session, request, new RunView(session.output(), request.pipeline(), true));
            return switch (result.state()) {
                case SUCCEEDED -> 0;
                case CANCELLED -> Code.INTERRUPTED.exit();
                default -> Code.FAILED.exit();
            };
        } catch (RunException e) {
            throw new Refusal(Code.FAILED, message(e), e.hint());
        } catch (NotebookException e) {
            throw new Refusal(Code.FAILED, message(e), e.hint());
        }
    }

    /** Runs it and shows it; {@code --json} prints the document. */
    static RunResult run(Session session, RunRequest request, RunView view) throws Exception {
        var snapshots = new AgentSnapshots(session, view::progress);
        Files.createDirectories(session.home().folder());
        keepOut(session.home());
        var python = PythonEnvironment.prepare(session.home().python(), view::setUp);
        var run = new PipelineRun(
                request,
                snapshots,
                python,
                session.runsHome(),
                view,
                InstantSource.system(),
                RandomGenerator.of("SecureRandom"));
        try (view) {
            var result = follow(run);
            view.close();
            RunReport.print(session.output(), result);
            return result;
        }
    }

    /** Waits for the run; an interrupt of this thread cancels it, and then waits for its clean end. */
    private static RunResult follow(PipelineRun run) throws Exception {
        var ended = new CompletableFuture<RunResult>();
        Thread.ofPlatform().name("rok-run").start(() -> {
            try {
                ended.complete(run.run());
            } catch (Throwable e) {
                ended.completeExceptionally(e);
            }
        });
        while (true) {
            try {
                return ended.get();
            } catch (InterruptedException e) {
                run.cancel();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }
    }

    /** Snapshots of a folder that holds ROK_HOME leave that out. */
    private static void keepOut(Home home) throws IOException {
        var ignore = home.folder().resolve(".rokignore");
        if (!Files.exists(ignore)) {
            Files.writeString(ignore, "*\n");
        }
    }

    private RunRequest request() throws IOException {
        var file = notebook.toAbsolutePath().normalize();
        if (!Files.exists(file)) {
            throw new Refusal(Code.NOT_FOUND, "There is no notebook " + notebook, "");
        }
        file = file.toRealPath();
        var folder = workspace == null ? Objects.requireNonNull(file.getParent()) : folder(workspace);
        if (!file.startsWith(folder)) {
            throw new Refusal(
                    Code.USAGE,
                    "The notebook %s is not inside the workspace %s".formatted(notebook, folder),
                    "Name a workspace that holds it: --workspace DIR");
        }
        if (stepsParallel < 1) {
            throw new Refusal(Code.USAGE, "--steps-parallel is at least 1, not " + stepsParallel, "");
        }
        var pipeline = Compiler.compile(Notebook.read(file));
        var all = new ArrayList<Snapshots.Volume>();
        all.add(new Snapshots.Volume("workspace", folder, RunRequest.HOME));
        for (var volume : volumes) {
            all.add(volume(volume, pipeline));
        }
        return new RunRequest(
                pipeline,
                experiment == null ? pipeline.experiment() : experiment,
                folder.relativize(file).toString(),
                all,
                values(pipeline),
                Optional.ofNullable(python).map(p -> p.toAbsolutePath().normalize()),
                stepsParallel,
                plainMounts);
    }

    private Map<String, Object> values(Pipeline pipeline) {
        try {
            return rok.runner.Parameters.of(pipeline, parameters);
        } catch (RunException e) {
            throw new Refusal(Code.USAGE, message(e), e.hint());
        }
    }

    private static Snapshots.Volume volume(String text, Pipeline pipeline) throws IOException {
        var equals = text.indexOf('=');
        if (equals < 1) {
            throw new Refusal(Code.USAGE, "A volume is NAME=DIR[:MOUNT], not " + text, "--volume data=~/data:/data");
        }
        var name = text.substring(0, equals);
        var rest = text.substring(equals + 1);
        var colon = rest.lastIndexOf(":/");
        var mount = colon > 0
                ? Path.of(rest.substring(colon + 1)).normalize().toString()
                : pipeline.volumes().stream()
                        .filter(v -> v.name().equals(name) && v.mountPoint().startsWith("/"))
                        .map(v -> Path.of(v.mountPoint()).normalize().toString())
                        .findFirst()
                        .orElse(RunRequest.HOME + "/" + name);
        if (name.equals("workspace") || name.contains("/")) {
            throw new Refusal(Code.USAGE, "A volume cannot be called '%s'".formatted(name), "Choose another name");
        }
        return new Snapshots.Volume(name, folder(Path.of(colon > 0 ? rest.substring(0, colon) : rest)), mount);
    }

    private static Path folder(Path given) throws IOException {
        if (!Files.isDirectory(given)) {
            throw new Refusal(Code.NOT_FOUND, "There is no folder " + given, "");
        }
        return given.toRealPath();
    }

    private static String message(RuntimeException e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }
}
