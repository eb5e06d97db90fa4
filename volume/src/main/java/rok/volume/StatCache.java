package rok.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import rok.linux.Bytes;
import rok.linux.Syscalls;

/**
 * What a snapshot saw of one volume and what it made of it, kept in a local file so that the next one needs to read only
 * what changed: Git's index, without the staging. The values are the caller's; here they are only bytes. The file may be
 * deleted at any time, is replaced at once, and is ignored when damaged: docs/format/stat-cache.md.
 */
public final class StatCache {
    /** The longest value. */
    public static final int VALUE_BYTES_MAX = 4096;

    private static final AtomicLong WRITERS = new AtomicLong();

    private final Path folder;
    private final String name;
    private final Identity identity;

    /** Which folder it speaks of. */
    record Identity(long device, long inode, Bytes path) {}

    /**
     * @param folder where the files of all volumes lie, for one user and one store, as the values speak of that; made when
     *     needed
     */
    public StatCache(Path folder, DirectoryVolume volume) {
        this.folder = folder;
        var path = Bytes.of(volume.path().toString());
        this.identity = new Identity(volume.stat().device(), volume.stat().inode(), path);
        this.name = fileName(identity);
    }

    private static String fileName(Identity identity) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(16)
                    .putLong(identity.device())
                    .putLong(identity.inode())
                    .flip());
            digest.update(identity.path().toArray());
            return HexFormat.of().formatHex(digest.digest(), 0, 16) + ".stat";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JDK has SHA-256", e);
        }
    }

    public Path file() {
        return folder.resolve(name);
    }

    /** What is known; nothing where there is no such file or it can't be used. Close it. */
    public StatCacheReader open(Consumer<Warning> warnings) {
        return StatCacheReader.open(file(), identity, warnings);
    }

    /**
     * Begins a new file, which takes the place of the old one when it is committed. Any number may be written at the same
     * time; the last commit stays.
     *
     * @param started {@link Walk#started} of the walk whose events it gets: what changed since then is not recorded
     * @param context the caller's, such as the version that the values stem from; up to {@link #VALUE_BYTES_MAX} bytes
     */
    public StatCacheWriter update(Instant started, Bytes context) {
        try {
            Files.createDirectories(folder);
            removeAbandoned();
            var temporary =
                    "%s.%d.%d.tmp".formatted(name, ProcessHandle.current().pid(), WRITERS.incrementAndGet());
            return new StatCacheWriter(folder.resolve(temporary), file(), identity, started, context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeAbandoned() throws IOException {
        var linux = new Syscalls();
        try (var files = Files.newDirectoryStream(folder, name + ".*.tmp")) {
            for (var file : files) {
                var process = file.getFileName()
                        .toString()
                        .substring(name.length() + 1)
                        .split("\\.", 2)[0];
                if (process.matches("[0-9]{1,9}") && !linux.isAlive(Integer.parseInt(process))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /**
     * Waits, a few milliseconds, until everything that was written before is older than a walk that begins now: for who
     * wrote a folder and wants it known right away. The clock of stamps runs up to two ticks behind the exact one, which
     * Linux also uses for some stamps.
     */
    public static void awaitLaterStamps() {
        var linux = new Syscalls();
        var now = linux.exactClock();
        while (!linux.stampClock().isAfter(now)) {
            LockSupport.parkNanos(500_000);
        }
    }

    /** Forgets everything, with what killed processes were writing. */
    public void delete() {
        try {
            Files.deleteIfExists(file());
            if (Files.isDirectory(folder)) {
                removeAbandoned();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] magic() {
        return "ROKSTAT1".getBytes(StandardCharsets.US_ASCII);
    }
}
