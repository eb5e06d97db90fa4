package rok.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rok.agent.VersionFiles;
import rok.api.BucketRow;
import rok.api.FileItem;
import rok.api.FileRow;
import rok.api.FreedDocument;
import rok.api.Page;
import rok.api.ProgressDocument;
import rok.api.TaskItem;
import rok.api.VersionDocument;
import rok.api.VersionItem;
import rok.catalog.Bucket;
import rok.catalog.Catalog;
import rok.catalog.FileSummary;
import rok.catalog.Listing;
import rok.catalog.Version;
import rok.catalog.VersionState;
import rok.catalog.VersionSummary;
import rok.gc.DeleteForecast;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.names.VersionId;
import rok.repository.ChunkReader;

/** What the gateway reads of a store: lists, versions, and the files inside them. Safe for use by several threads. */
public final class Library {
    /** Steps side by side write versions of one file at one time, so a run that was just written is looked at whole. */
    private static final Duration RECENT = Duration.ofMinutes(10);
    /** Pages ask for tasks again and again; looking for them takes this share of the time at most. */
    private static final int TASKS_SHARE = 20;

    private static final Duration FORECAST_MAX = Duration.ofSeconds(10);

    private final Catalog catalog;
    private final ChunkReader chunks;
    private final DeleteForecast forecast;
    private final Path runsFolder;
    private final InstantSource clock;
    private @Nullable SeenTasks seenTasks;

    /** @param runsFolder where runs that go on keep their documents; it need not be there */
    public Library(Catalog catalog, ChunkReader chunks, DeleteForecast forecast, Path runsFolder, InstantSource clock) {
        this.catalog = catalog;
        this.chunks = chunks;
        this.forecast = forecast;
        this.runsFolder = runsFolder;
        this.clock = clock;
    }

    Runs runs() {
        return new Runs(this, runsFolder);
    }

    /** {@code ok}, or the store's failure as an exception. */
    String health() {
        var _ = catalog.buckets();
        return "ok";
    }

    Page<BucketRow> buckets(String search, Optional<String> cursor, int limit) {
        var after = Cursor.after(Cursor.text(cursor.orElse(null)));
        var warnings = new ArrayList<String>();
        return Cursor.page(
                catalog.buckets().stream()
                        .filter(b -> matches(b.name().value(), search)
                                && after.test(b.name().value())),
                limit,
                b -> b.name().value(),
                b -> row(b, summaries(b.name(), warnings)),
                warnings);
    }

    BucketRow bucket(BucketName name) {
        var bucket = catalog.bucket(name)
                .orElseThrow(() -> Problem.missing("There is no bucket %s".formatted(name), "rok buckets lists them."));
        return row(bucket, summaries(name, new ArrayList<>()));
    }

    Page<FileRow> files(BucketName bucket, String search, Optional<String> cursor, int limit) {
        var listing = listing(bucket);
        var after = Cursor.after(Cursor.text(cursor.orElse(null)));
        return Cursor.page(
                listing.items().stream()
                        .sorted(Comparator.comparing(f -> f.name().value()))
                        .filter(f -> matches(f.name().value(), search)
                                && after.test(f.name().value())),
                limit,
                f -> f.name().value(),
                Library::row,
                listing.damaged());
    }

    FileRow file(BucketName bucket, FileName file) {
        return summary(bucket, file).map(Library::row).orElseThrow(() -> noFile(bucket, file));
    }

    /** Newest first. */
    Page<VersionItem> versions(BucketName bucket, FileName file, Optional<String> cursor, int limit) {
        var listing = catalog.versions(bucket, file);
        var after = Cursor.text(cursor.orElse(null));
        return Cursor.page(
                listing.items().stream()
                        .filter(v -> after == null || v.url().version().value().compareTo(after) < 0),
                limit,
                v -> v.url().version().value(),
                VersionItem::of,
                listing.damaged());
    }

    VersionDocument version(BucketName bucket, FileName file, VersionId version) {
        return VersionDocument.of(stored(bucket, file, version));
    }

    /** What deleting a version would free; a page does not wait long for it. */
    FreedDocument freed(BucketName bucket, FileName file, VersionId version) {
        return FreedDocument.of(forecast.of(Set.of(stored(bucket, file, version).url()), FORECAST_MAX));
    }

    Version stored(BucketName bucket, FileName file, VersionId version) {
        return stored(new RokUrl(catalog.account(), bucket, file, version));
    }

    /** A member's own URL leads to its group. */
    Version stored(RokUrl url) {
        return catalog.find(url).version();
    }

    Folder member(Version version, String name) {
        return version.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .map(member -> new Folder(new VersionFiles(chunks, List.of(member)), name))
                .orElseThrow(() -> Problem.missing(
                        "Version %s has no member %s".formatted(version.url(), name),
                        "Its members are "
                                + String.join(
                                        ", ",
                                        version.members().stream()
                                                .map(Version.Member::name)
                                                .toList())));
    }

    Folder attachments(Version version) {
        var tree = version.attachments()
                .orElseThrow(() -> Problem.missing(
                        "Version %s has no attachments".formatted(version.url()), "Steps of runs have."));
        var top = new Version.Member("attachments", "directory", "", tree, 0, 0);
        return new Folder(new VersionFiles(chunks, List.of(top)), "the attachments");
    }

    private record SeenTasks(Page<TaskItem> page, Instant until) {}

    /** What is being written now, or was a moment ago: the larger the store, the longer the moment. */
    synchronized Page<TaskItem> tasks() {
        var now = clock.instant();
        var seen = seenTasks;
        if (seen == null || now.isAfter(seen.until())) {
            var page = findTasks(now.minus(RECENT));
            var end = clock.instant();
            seen = new SeenTasks(page, end.plus(Duration.between(now, end).multipliedBy(TASKS_SHARE)));
            seenTasks = seen;
        }
        return seen.page();
    }

    private Page<TaskItem> findTasks(Instant recent) {
        var warnings = new ArrayList<String>();
        var tasks = new ArrayList<TaskItem>();
        for (var bucket : bucketNames()) {
            for (var file : summaries(bucket, warnings)) {
                var newest = file.newest();
                if (newest.state() == VersionState.PENDING
                        || (Runs.isRun(newest) && newest.created().isAfter(recent))) {
                    versions(bucket, file.name()).stream()
                            .filter(v -> v.state() == VersionState.PENDING)
                            .map(Library::task)
                            .forEach(tasks::add);
                }
            }
        }
        tasks.sort(Comparator.comparing(TaskItem::started).reversed());
        return new Page<>(tasks, warnings, null);
    }

    List<BucketName> bucketNames() {
        return catalog.buckets().stream().map(Bucket::name).toList();
    }

    /** The files of a bucket; what could not be read is added to {@code warnings}. A bucket that just went has none. */
    List<FileSummary> summaries(BucketName bucket, Collection<String> warnings) {
        if (catalog.bucket(bucket).isEmpty()) {
            return List.of();
        }
        var listing = catalog.files(bucket);
        warnings.addAll(listing.damaged());
        return listing.items();
    }

    Optional<FileSummary> summary(BucketName bucket, FileName file) {
        return listing(bucket).items().stream()
                .filter(f -> f.name().equals(file))
                .findFirst();
    }

    /** The versions of a file that are complete, newest first. */
    List<VersionSummary> committed(BucketName bucket, FileName file) {
        return versions(bucket, file).stream()
                .filter(v -> v.state() == VersionState.COMMITTED)
                .toList();
    }

    private List<VersionSummary> versions(BucketName bucket, FileName file) {
        return catalog.versions(bucket, file).items();
    }

    private Listing<FileSummary> listing(BucketName bucket) {
        return catalog.files(bucket);
    }

    private BucketRow row(Bucket bucket, List<FileSummary> files) {
        return new BucketRow(
                bucket.name().value(),
                catalog.account().value(),
                bucket.description(),
                bucket.created(),
                files.size(),
                files.stream().mapToLong(FileSummary::versions).sum(),
                files.stream()
                        .map(f -> f.newest().created())
                        .max(Comparator.naturalOrder())
                        .orElse(null),
                files.stream().mapToLong(FileSummary::storedBytes).sum());
    }

    private static FileRow row(FileSummary file) {
        return FileRow.of(FileItem.of(file), Runs.isRun(file.newest()));
    }

    private static TaskItem task(VersionSummary version) {
        var url = version.url();
        return new TaskItem(
                url.toString(),
                url.bucket().value(),
                url.file().value(),
                url.version().value(),
                "running",
                version.title(),
                version.created(),
                new ProgressDocument(version.percent(), version.message()));
    }

    private static boolean matches(String name, String search) {
        return name.toLowerCase(Locale.ROOT).contains(search.toLowerCase(Locale.ROOT));
    }

    private static Problem.Refused noFile(BucketName bucket, FileName file) {
        return Problem.missing(
                "There is no file %s in bucket %s".formatted(file, bucket),
                "rok files %s lists them.".formatted(bucket));
    }
}
