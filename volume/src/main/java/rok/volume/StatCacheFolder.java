package rok.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The stat caches of all volumes in one folder, kept within bounds: any of them may go at any moment. */
public final class StatCacheFolder {
    /** A volume that was not stored for so long is read anew once. */
    static final Duration UNUSED_MAX = Duration.ofDays(180);

    /** A file being written is renamed long before. */
    private static final Duration TEMPORARY_MAX = Duration.ofDays(1);

    private final Path folder;
    private final long bytesMax;

    /** @param bytesMax of all files together; the oldest go first */
    public StatCacheFolder(Path folder, long bytesMax) {
        this.folder = folder;
        this.bytesMax = bytesMax;
    }

    private record Cached(Path file, Instant written, long bytes) {}

    /** Removes what speaks of folders that are gone, what was not used for long, and what is too much. Gives how many went. */
    public int prune(Instant now) {
        var kept = new ArrayList<Cached>();
        var removed = 0;
        for (var cached : list()) {
            if (isUseless(cached, now)) {
                removed += remove(cached) ? 1 : 0;
            } else {
                kept.add(cached);
            }
        }
        kept.sort(Comparator.comparing(Cached::written));
        var total = kept.stream().mapToLong(Cached::bytes).sum();
        for (var cached : kept) {
            if (total <= bytesMax) {
                break;
            }
            removed += remove(cached) ? 1 : 0;
            total -= cached.bytes;
        }
        return removed;
    }

    private List<Cached> list() {
        var all = new ArrayList<Cached>();
        try (var files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (var file : files) {
                all.add(new Cached(file, Files.getLastModifiedTime(file).toInstant(), Files.size(file)));
            }
        } catch (NoSuchFileException e) {
            return all; // one was renamed or removed just now, as all may be: another time
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static boolean isUseless(Cached cached, Instant now) {
        var isWhole = cached.file.toString().endsWith(".stat");
        var age = Duration.between(cached.written, now);
        return age.compareTo(isWhole ? UNUSED_MAX : TEMPORARY_MAX) > 0 || (isWhole && isOfGoneFolder(cached.file));
    }

    private static boolean isOfGoneFolder(Path file) {
        var identity = StatCacheReader.identity(file);
        if (identity.isEmpty()) {
            return true;
        }
        try {
            var path = Path.of(new String(identity.get().path().toArray(), StandardCharsets.UTF_8));
            return (long) Files.getAttribute(path, "unix:ino") != identity.get().inode();
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException | InvalidPathException e) {
            // Not to be seen from here: perhaps by the next command
            return false;
        }
    }

    private static boolean remove(Cached cached) {
        try {
            return Files.deleteIfExists(cached.file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
