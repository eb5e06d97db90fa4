package rok.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.linux.Bytes;
import rok.linux.Stat;
import rok.names.NameException;
import rok.names.RokUrl;
import rok.repository.ChunkReader;
import rok.repository.Repository;
import rok.volume.DirectoryVolume;
import rok.volume.Entry;
import rok.volume.Folder;
import rok.volume.StatCache;
import rok.volume.StatCacheFolder;
import rok.volume.StatCacheReader;
import rok.volume.StatCacheWriter;
import rok.volume.Walk;
import rok.volume.WalkOptions;
import rok.volume.Warning;

/**
 * What was seen of folders when they were last stored in, or written from, one store. A cache speaks of contents in that
 * store; it is believed only while the version they stem from is COMMITTED, since only then nothing of it can be collected.
 */
public final class StatCaches {
    private static final String STAT = "stat";
    private static final Duration PRUNED_EVERY = Duration.ofDays(1);
    /** Of the caches of one store together: enough for twenty million files. */
    private static final long BYTES_MAX = 4L << 30;

    private final Path folder;

    /** @param cache where copies lie that may be lost */
    public StatCaches(Path cache, Repository repository) {
        this.folder = folder(cache, repository.id());
    }

    /** Where those of one store lie. */
    public static Path folder(Path cache, String repository) {
        return cache.resolve(STAT).resolve(repository);
    }

    /**
     * Removes what is of no use any more, of all stores that keep such caches in this folder, and temporary files that killed
     * processes left beside them: once a day, and otherwise nothing but a look at the time when that was last done.
     */
    public static void prune(Path cache, Instant now) {
        var all = cache.resolve(STAT);
        var mark = all.resolve(".pruned");
        try {
            if (!Files.isDirectory(all) || isYoung(mark, now)) {
                return;
            }
            Files.write(mark, new byte[0]);
            try (var stores = Files.newDirectoryStream(all, Files::isDirectory)) {
                stores.forEach(store -> new StatCacheFolder(store, BYTES_MAX).prune(now));
            }
            removeTemporary(cache, now);
        } catch (IOException | UncheckedIOException | DirectoryIteratorException e) {
            // Only somebody else's cache can't be pruned; it costs room, and what the command is to do does not need it
            return;
        }
    }

    /** What other caches were writing when their process was killed. */
    private static void removeTemporary(Path cache, Instant now) throws IOException {
        try (var files = Files.find(
                cache,
                2,
                (file, attributes) -> attributes.isRegularFile()
                        && file.toString().endsWith(".new")
                        && attributes
                                .lastModifiedTime()
                                .toInstant()
                                .plus(PRUNED_EVERY)
                                .isBefore(now))) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Forgets what was seen of every folder that one store has versions of: it may refer to chunks that are lost. */
    public static void forgetAll(Path cache, Repository repository) {
        try (var files = Files.newDirectoryStream(cache.resolve(STAT).resolve(repository.id()))) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // None are there, or they are somebody else's
            return;
        }
    }

    private static boolean isYoung(Path mark, Instant now) throws IOException {
        return Files.exists(mark)
                && Files.getLastModifiedTime(mark)
                        .toInstant()
                        .plus(PRUNED_EVERY)
                        .isAfter(now);
    }

    /**
     * Opens what is known of a volume, to be known anew.
     *
     * @param earlier of the version that is being made: what the last one refers to is kept until it has its own references
     */
    Update open(DirectoryVolume volume, EarlierVersions earlier, Consumer<Warning> warnings) {
        var cache = new StatCache(folder, volume);
        var reader = read(cache, last -> earlier.kept(last).isPresent(), warnings);
        return new Update(volume, Optional.of(cache), reader, earlier.url().toString());
    }

    /** For folders that are not remembered. */
    static Update none(DirectoryVolume volume) {
        return new Update(volume, Optional.empty(), StatCacheReader.none(), "");
    }

    /** What is known of a volume; nothing, unless its version is still there. Close it. */
    StatCacheReader read(DirectoryVolume volume, Catalog catalog, Consumer<Warning> warnings) {
        return read(
                new StatCache(folder, volume),
                url -> EarlierVersions.committed(catalog, url).isPresent(),
                warnings);
    }

    /**
     * What was seen of a volume, whatever became of the version since: enough to tell what its files hold, not to refer
     * to chunks in the store. Close it.
     */
    StatCacheReader seen(DirectoryVolume volume) {
        return read(new StatCache(folder, volume), _ -> true, _ -> {});
    }

    /**
     * Remembers a folder that was just written from a member of a version, so that its next snapshot reads nothing.
     *
     * @param url of the committed version
     */
    void seed(Path written, ChunkReader chunks, RokUrl url, Version.Member member) {
        StatCache.awaitLaterStamps(); // else what was written last is too young to be relied on
        try (var volume = DirectoryVolume.open(written);
                var update = new Update(
                        volume, Optional.of(new StatCache(folder, volume)), StatCacheReader.none(), url.toString());
                var walk = update.walk(WalkOptions.SNAPSHOT, _ -> {})) {
            new StatCacheSeed(chunks, update).run(walk, member);
            update.commit();
        }
    }

    /** A folder goes: what is remembered of it may go too. */
    public void forget(Path written) {
        try (var volume = DirectoryVolume.open(written)) {
            new StatCache(folder, volume).delete();
        }
    }

    private static StatCacheReader read(StatCache cache, Predicate<RokUrl> isCommitted, Consumer<Warning> warnings) {
        var reader = cache.open(warnings);
        if (isBelieved(reader, isCommitted)) {
            return reader;
        }
        reader.close();
        return StatCacheReader.none();
    }

    private static boolean isBelieved(StatCacheReader reader, Predicate<RokUrl> isCommitted) {
        try {
            return reader.context()
                    .map(context -> RokUrl.parse(new String(context.toArray(), StandardCharsets.UTF_8)))
                    .filter(isCommitted)
                    .isPresent();
        } catch (NameException e) {
            return false;
        }
    }

    /** One volume's cache, old and new. For one thread. */
    static final class Update implements VolumeSnapshot.Known, AutoCloseable {
        private final DirectoryVolume volume;
        private final Optional<StatCache> cache;
        private final StatCacheReader reader;
        private final String context;
        private @Nullable StatCacheWriter writer;

        private Update(DirectoryVolume volume, Optional<StatCache> cache, StatCacheReader reader, String context) {
            this.volume = volume;
            this.cache = cache;
            this.reader = reader;
            this.context = context;
        }

        /** A walk that says what is known; what becomes of its events is told to this. */
        Walk walk(WalkOptions options, Consumer<Warning> warnings) {
            var walk = volume.walk(options, reader, warnings);
            writer = cache.map(c -> c.update(walk.started(), Bytes.of(context))).orElse(null);
            return walk;
        }

        @Override
        public void enter(Folder entered) {
            if (writer != null) {
                writer.enter(entered);
            }
        }

        @Override
        public void file(Entry entry, Stat stat, boolean torn, Bytes made) {
            if (writer != null && !torn && stat.sameState(entry.stat()) && made.length() <= StatCache.VALUE_BYTES_MAX) {
                writer.entry(entry, made);
            }
        }

        @Override
        public void folder(Folder left, Optional<Bytes> made) {
            if (writer != null) {
                writer.leave(left, made.filter(value -> value.length() <= StatCache.VALUE_BYTES_MAX));
            }
        }

        /** The version is COMMITTED: what was made of its files may be relied on. */
        void commit() {
            if (writer != null) {
                writer.commit();
            }
        }

        @Override
        public void close() {
            if (writer != null) {
                writer.close();
            }
            reader.close();
        }
    }
}
