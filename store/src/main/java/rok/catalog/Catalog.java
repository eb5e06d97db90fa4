package rok.catalog;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rok.cipher.DataKeys;
import rok.format.StoreException;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.KeySegment;
import rok.names.RokUrl;
import rok.names.VersionId;
import rok.names.VersionIds;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;

/**
 * One account's buckets, files and versions in a store. Holds nothing but what {@link #begin} hands out; any number of
 * processes may work on one store. Safe for use by many threads.
 */
public final class Catalog {
    private final ObjectStore objects;
    private final Layout layout;
    private final AccountName account;
    private final Optional<Path> cacheFolder;
    private final Actor actor;
    private final VersionIds ids;
    private final Journal journal;
    private final Orphans orphans;
    private final Resolver resolver = new Resolver(this);

    /**
     * A view of what the store holds of {@code account}.
     *
     * @param cacheFolder of this user, for summaries and for notes of what was begun; it may be deleted at any time
     */
    public Catalog(ObjectStore objects, AccountName account, Optional<Path> cacheFolder, Actor actor) {
        this(objects, account, cacheFolder, actor, Optional.empty());
    }

    /**
     * The same in a store that may be encrypted.
     *
     * @param keys of the account
     */
    public Catalog(
            ObjectStore objects,
            AccountName account,
            Optional<Path> cacheFolder,
            Actor actor,
            Optional<DataKeys> keys) {
        this.layout = keys.isEmpty() ? Layout.OPEN : new Layout(keys);
        this.objects = objects;
        this.account = account;
        this.cacheFolder = cacheFolder;
        this.actor = actor;
        this.ids = new VersionIds(actor.clock(), actor.random());
        this.journal = new Journal(cacheFolder.map(folder -> folder.resolve("pending")));
        this.orphans = new Orphans(objects, layout, actor, journal);
    }

    public AccountName account() {
        return account;
    }

    /** Makes a bucket; false if it is there already, which changes nothing. */
    public boolean createBucket(BucketName name, String description) {
        var record = new Bucket(name, description, actor.clock().instant());
        var key = layout.bucketRecord(account, name);
        return objects.put(key, layout.bytes(key, record), new Condition.IfAbsent()) instanceof PutResult.Done;
    }

    public Optional<Bucket> bucket(BucketName name) {
        var key = layout.bucketRecord(account, name);
        var stored = objects.read(key);
        if (stored.isPresent()) {
            try {
                return Optional.of(layout.bucket(key, stored.get().content()));
            } catch (StoreException.Corrupt _) {
                // Its files are worth more than its description
                return Optional.of(new Bucket(name, "", Instant.EPOCH));
            }
        }
        try (var below = objects.children(layout.bucket(account, name))) {
            return below.findAny().map(_ -> new Bucket(name, "", Instant.EPOCH));
        }
    }

    /** By name. */
    public List<Bucket> buckets() {
        return bucketNames().stream().flatMap(name -> bucket(name).stream()).toList();
    }

    /** The bucket's files, by name. Throws {@link StoreException.Missing} if there is no such bucket. */
    public Listing<FileSummary> files(BucketName bucket) {
        requireBucket(bucket);
        var cache = summaries(bucket);
        var damaged = new ArrayList<String>();
        var tallies = new ArrayList<FileTally>();
        var count = new int[1];
        forEachName(bucket, new NameSink() {
            @Override
            public void file(FileName file) {
                tallies.add(new FileTally(file));
            }

            @Override
            public void version(String key) {
                var tally = tallies.getLast();
                // What is known in the cache was a version's id when it came there
                var brief = cache.brief(key)
                        .or(() -> FileTally.id(key)
                                .flatMap(id -> summary(new RokUrl(account, bucket, tally.file(), id), cache, damaged))
                                .map(SummaryCache.Brief::of));
                if (brief.isPresent()) {
                    tally.add(key, brief.get());
                    count[0]++;
                }
            }
        });
        var items = new ArrayList<FileSummary>();
        for (var tally : tallies) {
            tally.summary(bucket, id -> summary(new RokUrl(account, bucket, tally.file(), id), cache, damaged))
                    .ifPresent(items::add);
        }
        cache.save();
        if (cache.isMostlyDead(count[0])) {
            var live = new HashSet<String>();
            forEachVersion(bucket, url -> live.add(cacheKey(url)));
            cache.compact(live);
        }
        return new Listing<>(items, damaged);
    }

    /** The file's versions in any state, newest first. Throws {@link StoreException.Missing} if there is no such file. */
    public Listing<VersionSummary> versions(BucketName bucket, FileName file) {
        requireBucket(bucket);
        var found = ids(bucket, file);
        if (found.isEmpty()) {
            throw new StoreException.Missing("Bucket %s has no file %s".formatted(bucket, file));
        }
        var cache = summaries(bucket);
        var damaged = new ArrayList<String>();
        var items = new ArrayList<VersionSummary>();
        for (var id : found) {
            summary(new RokUrl(account, bucket, file, id), cache, damaged).ifPresent(items::add);
        }
        cache.save();
        return new Listing<>(items.reversed(), damaged);
    }

    /**
     * Begins a version of a file, and makes the bucket if there is none. What belongs to it may be written to the store
     * from now on. Close the answer.
     */
    public Pending begin(BucketName bucket, FileName file, String title, Map<String, String> labels) {
        var url = new RokUrl(account, bucket, file, ids.next());
        if (objects.stat(layout.bucketRecord(account, bucket)).isEmpty()) {
            createBucket(bucket, "");
        }
        var begin = new VersionRecord.Begin(url, actor.clock().instant(), actor.writer(), 0, title, labels);
        return Pending.create(objects, layout, begin, actor, journal);
    }

    /** The record at exactly this URL, in any state; a member's URL has none. */
    public Optional<VersionRecord> record(RokUrl url) {
        if (!isStorable(url.file())) {
            return Optional.empty();
        }
        var key = layout.version(url);
        return objects.read(key).map(stored -> layout.record(key, stored.content(), url));
    }

    /** The file's newest committed version. */
    public Optional<Version> head(BucketName bucket, FileName file) {
        for (var id : ids(bucket, file).reversed()) {
            if (record(new RokUrl(account, bucket, file, id)).orElse(null)
                    instanceof VersionRecord.Committed committed) {
                return Optional.of(committed.version());
            }
        }
        return Optional.empty();
    }

    /**
     * The committed version, and member, that a text names: a Rok URL, {@code bucket/file@version}, {@code bucket/file}
     * for its head, or the beginning of a version's UUID. Throws {@link rok.names.NameException}, {@link
     * AmbiguousNameException} or {@link StoreException.Missing}.
     */
    public Found resolve(String text) {
        return found(resolver.place(text));
    }

    /** The committed version, and member, at this URL. */
    public Found find(RokUrl url) {
        return found(resolver.placeOf(url).orElseThrow(() -> new StoreException.Missing("There is no version " + url)));
    }

    /**
     * Keeps all that a version refers to, until the answer is closed, whatever becomes of the version. Throws {@link
     * StoreException.Missing} when it is deleted already.
     */
    public Pin pin(Version version) {
        var pin = Pin.of(objects, layout, actor, version);
        try {
            if (!exists(version.url())) {
                throw new StoreException.Missing("Version %s was deleted".formatted(version.url()));
            }
        } catch (RuntimeException e) {
            pin.close();
            throw e;
        }
        return pin;
    }

    /** Where the version is that a text names, in any state; its record may be damaged. Throws as {@link #resolve}. */
    public Place locate(String text) {
        return resolver.place(text);
    }

    /** The record at exactly this URL as users see it: what nobody writes any more is aborted. */
    public VersionRecord look(RokUrl url) {
        return seen(record(url).orElseThrow(() -> new StoreException.Missing("There is no version " + url)));
    }

    /**
     * Deletes a version for good. Throws {@link StoreException.Missing} if there is none, and {@link
     * InUseException} while somebody writes it.
     */
    public void delete(RokUrl url) {
        var key = layout.version(url);
        var stored = objects.read(key).orElseThrow(() -> new StoreException.Missing("There is no version " + url));
        VersionRecord record;
        try {
            record = layout.record(key, stored.content(), url);
        } catch (StoreException.Corrupt _) {
            // Nobody can use it: then it may go
            objects.delete(key);
            return;
        }
        if (record instanceof VersionRecord.Pending pending) {
            var writer = pending.begin().writer();
            if (!orphans.isOrphan(pending) || !orphans.fence(pending, stored)) {
                throw new InUseException(
                        "Version %s is being written by process %d on %s".formatted(url, writer.pid(), writer.host()));
            }
        }
        objects.delete(key);
        journal.forget(url);
    }

    /**
     * Gives up versions whose writer, begun from here, was killed. Cheap when there are none: every command that opens
     * the store does it first. Answers how many there were.
     */
    public int sweep() {
        return orphans.sweep();
    }

    List<BucketName> bucketNames() {
        var prefix = layout.account(account);
        try (var children = objects.children(prefix)) {
            return children.filter(key -> key.value().endsWith("/"))
                    .flatMap(key -> layout.bucketName(prefix, CatalogKeys.segment(prefix, key)).stream())
                    .sorted()
                    .toList();
        }
    }

    void requireBucket(BucketName bucket) {
        if (objects.stat(layout.bucketRecord(account, bucket)).isEmpty()
                && bucket(bucket).isEmpty()) {
            throw new StoreException.Missing("There is no bucket " + bucket);
        }
    }

    boolean hasFile(BucketName bucket, FileName file) {
        return !ids(bucket, file).isEmpty();
    }

    boolean exists(RokUrl url) {
        return isStorable(url.file()) && objects.stat(layout.version(url)).isPresent();
    }

    /** The file's versions in any state, oldest first. */
    List<VersionId> ids(BucketName bucket, FileName file) {
        if (!isStorable(file)) {
            return List.of();
        }
        var prefix = layout.file(account, bucket, file);
        try (var children = objects.children(prefix)) {
            return children.flatMap(key -> VersionId.parse(CatalogKeys.segment(prefix, key)).stream())
                    .toList();
        }
    }

    /** Every version of the bucket in any state, file by file, oldest first. */
    void forEachVersion(BucketName bucket, Consumer<RokUrl> action) {
        forEachName(bucket, new NameSink() {
            private @Nullable FileName of;

            @Override
            public void file(FileName file) {
                of = file;
            }

            @Override
            public void version(String key) {
                var file = Objects.requireNonNull(of);
                FileTally.id(key).ifPresent(id -> action.accept(new RokUrl(account, bucket, file, id)));
            }
        });
    }

    /** Takes what may be versions, file by file. */
    private interface NameSink {
        /** The next ones are this file's. */
        void file(FileName file);

        /** @param key below the bucket, in the open; it should end in a version's id */
        void version(String key);
    }

    private void forEachName(BucketName bucket, NameSink sink) {
        var prefix = layout.bucket(account, bucket);
        var reader = new Object() {
            String segment = "";
            String open = "";
            boolean isOpen;

            @Nullable
            FileName file;

            void accept(ObjectKey key) {
                var rest = key.value().substring(prefix.value().length());
                var slash = rest.indexOf('/');
                if (slash < 0) {
                    return;
                }
                // Versions of one file follow each other: its name is decoded once
                if (!rest.regionMatches(0, segment, 0, slash) || segment.length() != slash) {
                    segment = rest.substring(0, slash);
                    file = layout.fileName(prefix, segment).orElse(null);
                    open = file == null ? "" : KeySegment.of(file);
                    isOpen = open.equals(segment);
                    if (file != null) {
                        sink.file(file);
                    }
                }
                if (file != null) {
                    sink.version(isOpen ? rest : open + rest.substring(slash));
                }
            }
        };
        try (var all = objects.grandchildren(prefix)) {
            all.forEach(reader::accept);
        }
    }

    private static boolean isStorable(FileName file) {
        return file.value().getBytes(StandardCharsets.UTF_8).length <= FileName.STORED_BYTES_MAX;
    }

    private Found found(Place place) {
        if (place.version().isPresent()) {
            return found(place, place.version().get());
        }
        var record =
                record(place.url()).orElseThrow(() -> new StoreException.Missing("There is no version " + place.url()));
        return switch (seen(record)) {
            case VersionRecord.Committed committed -> found(place, committed.version());
            case VersionRecord.Pending pending ->
                throw new StoreException.Missing("Version %s is still being written (%d %%)"
                        .formatted(place.url(), pending.progress().percent()));
            case VersionRecord.Aborted aborted ->
                throw new StoreException.Missing(
                        "Version %s was never finished: %s".formatted(place.url(), aborted.reason()));
        };
    }

    private static Found found(Place place, Version version) {
        return new Found(
                version,
                place.volume()
                        .flatMap(volume -> version.members().stream()
                                .filter(member -> member.name().equals(volume))
                                .findFirst()));
    }

    // Also before somebody has fenced it
    private VersionRecord seen(VersionRecord record) {
        return record instanceof VersionRecord.Pending pending && orphans.isOrphan(pending)
                ? new VersionRecord.Aborted(pending.begin(), pending.leaseUntil(), Orphans.reason(pending))
                : record;
    }

    private SummaryCache summaries(BucketName bucket) {
        return new SummaryCache(cacheFolder.map(folder -> folder.resolve("catalog")), account, bucket);
    }

    private static String cacheKey(RokUrl url) {
        return KeySegment.of(url.file()) + "/" + url.version();
    }

    private Optional<VersionSummary> summary(RokUrl url, SummaryCache cache, List<String> damaged) {
        var cacheKey = cacheKey(url);
        var known = cache.find(cacheKey, url);
        if (known.isPresent()) {
            return known;
        }
        try {
            return record(url).map(record -> {
                var summary = VersionSummary.of(seen(record));
                if (record.state() != VersionState.PENDING) {
                    cache.learn(cacheKey, summary);
                }
                return summary;
            });
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            damaged.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
