package rok.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import rok.pipeline.Step;

/**
 * Runs a pipeline on this machine: a version of the volumes as they are, a clone of each, every step on the clones between a
 * version before and one after, and a last version of what the run left. The originals are never written to.
 */
public final class PipelineRun {
    private final RunRequest request;
    private final Snapshots snapshots;
    private final PythonEnvironment python;
    private final RunListener listener;
    private final InstantSource clock;
    private final ObjectMapper json = new ObjectMapper();
    private final Freezer freezer = new Freezer();
    private final RunNames names;
    private final RunLock lock;
    private final RunFolder folder;
    private final RunRecord record;
    private final Versions versions;
    private final List<Snapshots.Volume> clones = new ArrayList<>();
    private volatile @Nullable Thread preparing;

    /**
     * Prepares a run; nothing happens yet but that its names and its folder below {@code home} are made.
     *
     * @param home ROK_HOME
     */
    public PipelineRun(
            RunRequest request,
            Snapshots snapshots,
            PythonEnvironment python,
            Path home,
            RunListener listener,
            InstantSource clock,
            RandomGenerator random) {
        this.request = request;
        this.snapshots = snapshots;
        this.python = python;
        this.listener = listener;
        this.clock = clock;
        var pipeline = request.pipeline();
        var definition = RunDocument.of(json, pipeline).toString();
        names = RunNames.of(request.experiment(), pipeline.name(), definition, uuid(clock, random), snapshots, random);
        lock = RunFolder.lock(home, names.uuid());
        folder = RunFolder.create(home, names.uuid());
        record = new RunRecord(request, names, folder.record(), clock, json);
        versions = new Versions(snapshots, request, names, json);
    }

    /** Runs to the end, once. A step that fails or a {@link #cancel} is a result; a store that fails is an exception. */
    public RunResult run() throws InterruptedException {
        listener.started(names);
        try {
            prepareVolumes();
            runSteps();
            finish();
            return record.result();
        } finally {
            folder.delete(snapshots);
            lock.remove();
            lock.close();
        }
    }

    /** Interrupts the steps that run and starts no more; {@link #run} then records the run as cancelled. Any thread may call. */
    public void cancel() {
        freezer.cancel();
        var thread = preparing;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Takes the first version and makes the clones. A cancel interrupts this thread: a first version may take long. */
    private void prepareVolumes() throws InterruptedException {
        preparing = Thread.currentThread();
        try {
            var first = take("", Versions.FIRST, versions::first);
            record.first(first.url());
            makeClones(first);
        } catch (CancellationException | InterruptedException e) {
            if (!freezer.isCancelled() || record.result().first().isEmpty()) {
                throw e;
            }
        } finally {
            preparing = null;
            if (freezer.isCancelled()) {
                var _ = Thread.interrupted();
            }
        }
    }

    private void makeClones(Snapshots.Taken first) {
        for (int i = 0; i < request.volumes().size() && !freezer.isCancelled(); i++) {
            listener.phase("create-volume-" + (i + 1));
            var volume = request.volumes().get(i);
            var clone = folder.clone(i + 1);
            snapshots.copy(first, volume, clone);
            clones.add(new Snapshots.Volume(volume.name(), clone, volume.mount()));
        }
        if (clones.size() == request.volumes().size()) {
            record.cloned();
        }
    }

    /** Starts each step once all that it depends on ended well, up to so many at a time, and waits for all. */
    private void runSteps() throws InterruptedException {
        var over = new LinkedBlockingQueue<Optional<RuntimeException>>();
        RuntimeException problem = null;
        int running = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            while (true) {
                skipHopeless();
                for (var step : request.pipeline().steps()) {
                    if (running < request.stepsParallel() && isReady(step)) {
                        record.stepStarted(step.name());
                        running++;
                        threads.execute(() -> over.add(problemOf(step)));
                    }
                }
                if (running == 0) {
                    break;
                }
                var ended = over.take();
                running--;
                if (ended.isPresent() && problem == null) {
                    problem = ended.get();
                    cancel();
                }
            }
        }
        if (problem != null) {
            throw problem;
        }
    }

    /** Runs a step, and gives what went wrong with the run itself, if anything did. */
    private Optional<RuntimeException> problemOf(Step step) {
        try {
            runStep(step);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new IllegalStateException("Interrupted in step " + step.name(), e));
        }
    }

    private void runStep(Step step) throws InterruptedException {
        var name = step.name();
        if (step.snapshot()) {
            take(name, Versions.BEFORE, () -> versions.before(step, clones));
        }
        listener.stepStarted(name);
        var run = new StepRun(step, request, names, clones, folder, python, record, listener, freezer, clock, json);
        var state = freezer.isCancelled() ? StepState.CANCELLED : run.run();
        if (step.snapshot()) {
            var result = record.step(name);
            take(name, Versions.AFTER, () -> versions.after(step, clones, result, folder.output(name)));
        }
        listener.stepFinished(name, state, record.step(name).seconds());
    }

    /** The run's last version: of the clones, or of the originals where it was cancelled before it had any. */
    private void finish() throws InterruptedException {
        var states = record.result().steps().stream()
                .map(RunResult.StepResult::state)
                .toList();
        var state = freezer.isCancelled()
                ? StepState.CANCELLED
                : states.stream().allMatch(s -> s == StepState.SUCCEEDED) ? StepState.SUCCEEDED : StepState.FAILED;
        record.end(state);
        var volumes = clones.size() == request.volumes().size() ? clones : request.volumes();
        var last = take(
                "",
                Versions.LAST,
                () -> versions.last(state, record.document(), volumes, Optional.of(folder.outputs())));
        record.last(last.url());
    }

    /** Takes a version while all steps stand still, and tells of it. */
    private Snapshots.Taken take(String step, String phase, Supplier<Snapshots.Taken> taking)
            throws InterruptedException {
        listener.phase(step.isEmpty() ? "snapshot" : "snapshot-" + step);
        var began = clock.instant();
        var taken = freezer.still(
                taking,
                () -> listener.warning(
                        step, "Another step could not be held still: the version may not be one point in time"));
        var seconds = RunRecord.seconds(began, clock.instant());
        if (!step.isEmpty()) {
            record.snapshot(step, phase.equals(Versions.BEFORE), taken.url(), seconds);
        }
        taken.warnings().forEach(warning -> listener.warning(step, warning));
        listener.snapshot(step, phase, taken.url(), seconds);
        return taken;
    }

    private boolean isReady(Step step) {
        return !freezer.isCancelled()
                && record.state(step.name()) == StepState.WAITING
                && step.dependsOn().stream().allMatch(above -> record.state(above) == StepState.SUCCEEDED);
    }

    /** Steps come after all they depend on: one pass finds all that can never run. */
    private void skipHopeless() {
        for (var step : request.pipeline().steps()) {
            if (record.state(step.name()) == StepState.WAITING && isHopeless(step)) {
                var state = freezer.isCancelled() ? StepState.CANCELLED : StepState.SKIPPED;
                record.stepEnded(step.name(), state, 0);
                listener.stepFinished(step.name(), state, 0);
            }
        }
    }

    private boolean isHopeless(Step step) {
        return freezer.isCancelled()
                || step.dependsOn().stream()
                        .map(record::state)
                        .anyMatch(state -> state.isOver() && state != StepState.SUCCEEDED);
    }

    /** Of version 7: runs sort by the time they began. */
    private static String uuid(InstantSource clock, RandomGenerator random) {
        var high = (clock.millis() << 16) | 0x7000 | random.nextInt(0x1000);
        return new UUID(high, (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L).toString();
    }
}
