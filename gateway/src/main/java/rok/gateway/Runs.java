package rok.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rok.api.Documents;
import rok.api.Page;
import rok.api.RunRow;
import rok.api.RunView;
import rok.catalog.FileSummary;
import rok.catalog.VersionState;
import rok.catalog.VersionSummary;
import rok.names.BucketName;
import rok.names.FileName;

/**
 * Runs, as their versions tell them: the last one carries the whole document, and while a run goes on (or after it was
 * killed) its document lies in the folder of runs. Where neither is left, the labels of the steps' versions must do.
 */
final class Runs {
    /** The document of a run of ten thousand steps is far smaller. */
    private static final long DOCUMENT_BYTES_MAX = 16L << 20;

    private static final int FOLDERS_MAX = 1000;
    private static final Set<String> OVER = Set.of("succeeded", "failed", "cancelled");

    private final Library library;
    private final Path folder;

    Runs(Library library, Path folder) {
        this.library = library;
        this.folder = folder;
    }

    /** Newest first. */
    Page<RunRow> list(Optional<BucketName> wanted, Optional<String> cursor, int limit) {
        var live = live();
        var known = new ArrayList<Known>();
        var warnings = new ArrayList<String>();
        var seen = new HashSet<String>();
        for (var bucket : wanted.map(List::of).orElseGet(library::bucketNames)) {
            for (var file : library.summaries(bucket, warnings)) {
                if (isRun(file.newest())) {
                    known.add(new Known(key(file.newest()), Optional.of(file), Optional.empty()));
                    seen.add(bucket.value() + "/" + file.name().value());
                }
            }
        }
        for (var run : live) {
            var isWanted = wanted.isEmpty() || wanted.get().value().equals(run.bucket());
            if (isWanted && !seen.contains(run.bucket() + "/" + run.file())) {
                known.add(new Known(run.started() + run.file(), Optional.empty(), Optional.of(run)));
            }
        }
        known.sort(Comparator.comparing(Known::key).reversed());
        var after = cursor.map(text -> Cursor.text(text));
        return Cursor.page(
                known.stream().filter(k -> after.isEmpty() || k.key().compareTo(after.get()) < 0),
                limit,
                Known::key,
                k -> RunRow.of(k.live().orElseGet(() -> view(k.file().orElseThrow(), live))),
                warnings);
    }

    RunView one(BucketName bucket, FileName file) {
        var live = live();
        var summary = library.summary(bucket, file);
        if (summary.isPresent() && isRun(summary.get().newest())) {
            return view(summary.get(), live);
        }
        return live.stream()
                .filter(run -> run.bucket().equals(bucket.value()) && run.file().equals(file.value()))
                .findFirst()
                .orElseThrow(() -> Problem.missing(
                        "%s/%s is no run".formatted(bucket, file), "rok run makes runs; their bucket lists them."));
    }

    /** Whether a version was taken by a run. */
    static boolean isRun(VersionSummary version) {
        return version.labels().containsKey("run") && version.labels().containsKey("phase");
    }

    /** A run in a list, by when it was last heard of. */
    private record Known(String key, Optional<FileSummary> file, Optional<RunView> live) {}

    private static String key(VersionSummary newest) {
        return newest.created() + newest.url().file().value();
    }

    private RunView view(FileSummary file, List<RunView> live) {
        var running = live.stream()
                .filter(run -> run.bucket().equals(file.bucket().value())
                        && run.file().equals(file.name().value()))
                .findFirst();
        if (running.isPresent()) {
            return running.get();
        }
        var versions = library.committed(file.bucket(), file.name());
        var last = versions.stream()
                .filter(v -> "final".equals(v.labels().get("phase")))
                .findFirst();
        return last.flatMap(v -> document(library.stored(v.url()).metadata().get("run"))
                        .map(run -> run.endedWith(v.url().toString())))
                .orElseGet(() -> composed(file, versions));
    }

    private static Optional<RunView> document(@Nullable String json) {
        if (json == null || json.length() > DOCUMENT_BYTES_MAX) {
            return Optional.empty();
        }
        try {
            return Optional.of(Documents.read(json.getBytes(StandardCharsets.UTF_8), RunView.class));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** The runs that go on, and those whose process died and was not yet cleaned up after. */
    private List<RunView> live() {
        var runs = new ArrayList<RunView>();
        if (!Files.isDirectory(folder)) {
            return runs;
        }
        try (var folders = Files.list(folder)) {
            for (var one : folders.limit(FOLDERS_MAX).toList()) {
                read(one.resolve("run.json")).ifPresent(runs::add);
            }
        } catch (IOException _) {
            // The folder went away while it was read: no run goes on any more.
        }
        return runs;
    }

    /** Who runs it; a key of the document on this machine only. */
    private record Owner(long pid) {}

    private record Local(@Nullable Owner process) {}

    private static Optional<RunView> read(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > DOCUMENT_BYTES_MAX) {
                return Optional.empty();
            }
            var json = Files.readAllBytes(file);
            var run = Documents.read(json, RunView.class);
            var process = Documents.read(json, Local.class).process();
            var isAlive = process != null && ProcessHandle.of(process.pid()).isPresent();
            return Optional.of(isAlive || OVER.contains(run.state()) ? run : cancelled(run));
        } catch (IOException | IllegalArgumentException _) {
            // Removed, or another program's file: either way it tells of no run.
            return Optional.empty();
        }
    }

    private static RunView cancelled(RunView run) {
        return run.in(
                "cancelled",
                run.steps().stream()
                        .map(s -> s.state().equals("running") || s.state().equals("waiting") ? s.in("cancelled") : s)
                        .toList());
    }

    /** A run of which only versions of steps are left. */
    private RunView composed(FileSummary file, List<VersionSummary> versions) {
        var oldestFirst = versions.reversed();
        var graph = oldestFirst.stream()
                .filter(v -> "start".equals(v.labels().get("phase")))
                .findFirst()
                .flatMap(v -> document(library.stored(v.url()).metadata().get("pipeline")));
        var steps = new LinkedHashMap<String, RunView.Step>();
        graph.ifPresent(g -> g.steps().forEach(step -> steps.put(step.name(), step.in("waiting"))));
        for (var version : oldestFirst) {
            var name = version.labels().get("step");
            if (name != null && steps.size() < RunView.STEPS_MAX) {
                steps.put(name, with(steps.get(name), name, version));
            }
        }
        var labels = file.newest().labels();
        return new RunView(
                graph.map(RunView::experiment).orElse(""),
                file.bucket().value(),
                file.name().value(),
                labels.getOrDefault("run", ""),
                file.name().value(),
                labels.getOrDefault("pipeline", ""),
                graph.map(RunView::notebook).orElse(""),
                file.newest().state() == VersionState.PENDING ? "running" : "unknown",
                (oldestFirst.isEmpty() ? file.newest() : oldestFirst.getFirst())
                        .created()
                        .toString(),
                null,
                null,
                oldestFirst.isEmpty() ? null : oldestFirst.getFirst().url().toString(),
                null,
                Map.of(),
                List.copyOf(steps.values()),
                List.of());
    }

    private static RunView.Step with(RunView.@Nullable Step known, String name, VersionSummary version) {
        var step = known == null ? new RunView.Step(name, List.of(), "", null, null, null, null, null, null) : known;
        var isAfter = "after".equals(version.labels().get("phase"));
        var state = version.labels().getOrDefault("state", "unknown");
        return new RunView.Step(
                name,
                step.dependsOn(),
                !isAfter ? "unknown" : state.equals("final") ? "succeeded" : state,
                isAfter ? step.started() : version.created().toString(),
                null,
                null,
                isAfter ? step.before() : version.url().toString(),
                isAfter ? version.url().toString() : step.after(),
                null);
    }
}
