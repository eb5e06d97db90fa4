package rok.runner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.names.BucketName;
import rok.names.FileName;

/** Runs whose process was killed: their leftover processes are ended, the run is recorded as cancelled, their clones go. */
public final class StaleRuns {
    private static final long RECORD_MAX = 64L << 20;
    private static final Duration NEWBORN = Duration.ofMinutes(1);

    private final Path runs;
    private final Snapshots snapshots;
    private final InstantSource clock;
    private final ObjectMapper json = new ObjectMapper();

    public StaleRuns(Path home, Snapshots snapshots, InstantSource clock) {
        this.runs = home.resolve(RunFolder.RUNS);
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /** Whether there is anything to look at: one look at a folder, for commands that must be quick. */
    public static boolean mayExist(Path home) {
        try (var entries = Files.newDirectoryStream(home.resolve(RunFolder.RUNS), Files::isDirectory)) {
            return entries.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    /** Cleans up, and gives the names of the runs that were found dead. Another process that does the same now is left to it. */
    public List<String> recover() throws InterruptedException {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (var channel =
                        FileChannel.open(runs.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock == null ? List.of() : recoverAll();
        } catch (OverlappingFileLockException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of runs cannot be cleaned up: " + runs, e);
        }
    }

    private List<String> recoverAll() throws IOException, InterruptedException {
        var recovered = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(runs, Files::isDirectory)) {
            for (var entry : entries) {
                var folder = new RunFolder(entry);
                var record = read(folder.record());
                if (record.isEmpty()) {
                    var age = Duration.between(Files.getLastModifiedTime(entry).toInstant(), clock.instant());
                    if (age.compareTo(NEWBORN) > 0) {
                        folder.delete();
                    }
                } else if (!ProcessIdentity.read(record.get().path("process")).isAlive()) {
                    recover(folder, record.get());
                    recovered.add(record.get().path("name").asText());
                }
            }
        }
        return recovered;
    }

    private void recover(RunFolder folder, ObjectNode record) throws InterruptedException {
        end(record.path("run").asText());
        var volumes = volumes(folder, record);
        if (record.has("initial") && !record.has("final") && !volumes.isEmpty()) {
            recordCancelled(folder, record, volumes);
        }
        folder.delete();
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

    private void recordCancelled(RunFolder folder, ObjectNode record, List<Snapshots.Volume> volumes) {
        record.remove("process");
        record.remove("folders");
        record.put("state", StepState.CANCELLED.toString());
        for (var step : record.withArray("steps")) {
            var state = step.path("state").asText();
            if (step instanceof ObjectNode object && (state.equals("running") || state.equals("waiting"))) {
                object.put("state", StepState.CANCELLED.toString());
            }
        }
        var uuid = record.path("run").asText();
        snapshots.take(new Snapshots.Request(
                new BucketName(record.path("bucket").asText()),
                new FileName(record.path("file").asText()),
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

    /** The clones, if all were there already. */
    private static List<Snapshots.Volume> volumes(RunFolder folder, JsonNode record) {
        var volumes = new ArrayList<Snapshots.Volume>();
        for (var volume : record.path("volumes")) {
            var clone = folder.clone(volumes.size() + 1);
            if (!Files.isDirectory(clone)) {
                return List.of();
            }
            volumes.add(new Snapshots.Volume(
                    volume.path("name").asText(), clone, volume.path("mount").asText()));
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
