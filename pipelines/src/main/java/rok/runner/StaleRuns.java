package rok.runner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import rok.names.BucketName;
import rok.names.FileName;

/** Runs whose process was killed: their leftover processes are ended, the run is recorded as cancelled, their clones go. */
public final class StaleRuns {
    private static final long RECORD_MAX = 64L << 20;

    private final Path runs;
    private final Snapshots snapshots;
    private final ObjectMapper json = new ObjectMapper();

    /** @param home ROK_HOME */
    public StaleRuns(Path home, Snapshots snapshots) {
        this.runs = runs(home);
        this.snapshots = snapshots;
    }

    /**
     * Whether some run is dead: a look at a folder, and for each run in it at a lock. Reads no record and changes nothing, so
     * that every command can ask.
     */
    public static boolean exist(Path home) {
        var runs = runs(home);
        return names(runs).stream().anyMatch(name -> !RunLock.isHeld(lock(runs, name)));
    }

    /** Locks go by paths: always by the same one. */
    private static Path runs(Path home) {
        try {
            return home.toRealPath().resolve(RunFolder.RUNS);
        } catch (IOException e) {
            return home.resolve(RunFolder.RUNS);
        }
    }

    private static Path lock(Path runs, String name) {
        return runs.resolve(name + RunFolder.LOCK);
    }

    /** All runs that left a folder or a lock. */
    private static Set<String> names(Path runs) {
        var names = new TreeSet<String>();
        try (var entries = Files.newDirectoryStream(runs)) {
            for (var entry : entries) {
                var name = entry.getFileName().toString();
                if (name.endsWith(RunFolder.LOCK)) {
                    names.add(name.substring(0, name.length() - RunFolder.LOCK.length()));
                } else if (Files.isDirectory(entry)) {
                    names.add(name);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return names; // there never was a run, or the folder is somebody else's
        }
        return names;
    }

    /** What became of a dead run; {@code problem} is empty where all went well. */
    public record Found(String run, String problem) {}

    /**
     * Cleans up. A run that another process cleans up after now is left to it; one that could not be recorded, since the store
     * can't be written just now, stays for the next time.
     */
    public List<Found> recover() throws InterruptedException {
        var found = new ArrayList<Found>();
        for (var name : names(runs)) {
            var lock = RunLock.ofDead(lock(runs, name));
            if (lock.isPresent()) {
                try (var held = lock.get()) {
                    recover(new RunFolder(runs.resolve(name))).ifPresent(found::add);
                    if (!Files.exists(runs.resolve(name))) {
                        held.remove();
                    }
                }
            }
        }
        return found;
    }

    private Optional<Found> recover(RunFolder folder) throws InterruptedException {
        var name = folder.path().getFileName().toString();
        try {
            end(name);
            var record = read(folder.record());
            if (record.isPresent()) {
                record(folder, record.get());
            }
            folder.delete(snapshots);
            return record.map(r -> new Found(r.path("name").asText(), ""));
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Optional.of(new Found(name, String.valueOf(e.getMessage())));
        }
    }

    /** Kills what is left of the run, wherever its processes went. */
    private static void end(String run) throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            var left = ProcessIdentity.carrying(StepRun.MARK, run);
            if (left.isEmpty()) {
                return;
            }
            left.forEach(ProcessHandle::destroyForcibly);
            Thread.sleep(20);
        }
    }

    /** Takes the run's last version, unless it began with none or has one. */
    private void record(RunFolder folder, ObjectNode record) {
        var bucket = new BucketName(record.path("bucket").asText());
        var file = new FileName(record.path("file").asText());
        var volumes = volumes(folder, record);
        // What was committed just before the kill may be missing in the record
        snapshots.versions(bucket, file).forEach(version -> note(record, version));
        if (record.has("initial") && !record.has("final") && !volumes.isEmpty()) {
            recordCancelled(bucket, file, folder, record, volumes);
        }
    }

    private static void note(ObjectNode record, Snapshots.Labelled version) {
        var phase = version.labels().getOrDefault("phase", "");
        switch (phase) {
            case Versions.FIRST -> record.put("initial", version.url().toString());
            case Versions.LAST -> record.put("final", version.url().toString());
            default -> noteStep(record, phase, version);
        }
    }

    private static void noteStep(ObjectNode record, String phase, Snapshots.Labelled version) {
        for (var step : record.withArray("steps")) {
            var isOfStep = step.path("name").asText().equals(version.labels().get("step"));
            if (step instanceof ObjectNode object && isOfStep && !object.has(phase)) {
                object.put(phase, version.url().toString());
            }
        }
    }

    private void recordCancelled(
            BucketName bucket, FileName file, RunFolder folder, ObjectNode record, List<Snapshots.Volume> volumes) {
        record.remove(List.of("process", "folders", "cloned"));
        record.put("state", StepState.CANCELLED.toString());
        for (var step : record.withArray("steps")) {
            var state = step.path("state").asText();
            if (step instanceof ObjectNode object && (state.equals("running") || state.equals("waiting"))) {
                object.put("state", StepState.CANCELLED.toString());
            }
        }
        var uuid = record.path("run").asText();
        snapshots.take(new Snapshots.Request(
                bucket,
                file,
                "End of run %s (cancelled: its process was killed)"
                        .formatted(record.path("name").asText()),
                "",
                Map.of(
                        "run",
                        uuid,
                        "pipeline",
                        record.path("pipeline").asText(),
                        "phase",
                        Versions.LAST,
                        "state",
                        StepState.CANCELLED.toString()),
                Map.of("run", record.toString(), "kfp_runid", "kfp:run:" + uuid),
                volumes,
                Optional.of(folder.outputs()).filter(Files::isDirectory)));
    }

    /** The clones where all are whole; the originals where the run was killed before, as nothing but them was there yet. */
    private static List<Snapshots.Volume> volumes(RunFolder folder, JsonNode record) {
        var volumes = new ArrayList<Snapshots.Volume>();
        for (var volume : record.path("volumes")) {
            var number = volumes.size();
            var place = record.path("cloned").asBoolean()
                    ? folder.clone(number + 1)
                    : Path.of(record.path("folders").path(number).asText());
            if (!Files.isDirectory(place)) {
                return List.of();
            }
            volumes.add(new Snapshots.Volume(
                    volume.path("name").asText(), place, volume.path("mount").asText()));
        }
        return volumes;
    }

    private Optional<ObjectNode> read(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > RECORD_MAX) {
                return Optional.empty();
            }
            return json.readTree(Files.readAllBytes(file)) instanceof ObjectNode record
                    ? Optional.of(record)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
