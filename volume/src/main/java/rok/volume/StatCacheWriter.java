package rok.volume;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.zip.CRC32C;
import rok.linux.Bytes;
import rok.linux.Stat;

/**
 * Writes a stat cache from the events of a walk, in their order: entries that the snapshot does not know everything of are
 * simply not told. For one thread. Closed without {@link #commit}, it leaves the old file as it is.
 */
public final class StatCacheWriter implements AutoCloseable {
    private static final int RECORD_BYTES_MAX = StatCache.VALUE_BYTES_MAX + 512;

    private final Path temporary;
    private final Path target;
    private final long startedSeconds;
    private final int startedNanos;
    private final OutputStream out;
    private final ByteBuffer block =
            ByteBuffer.allocate(8 + StatCacheFormat.BLOCK_BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private final ArrayList<Bytes> lastNames = new ArrayList<>();
    private boolean committed;

    StatCacheWriter(Path temporary, Path target, StatCache.Identity identity, Instant started, Bytes context)
            throws IOException {
        this.temporary = temporary;
        this.target = target;
        this.startedSeconds = started.getEpochSecond();
        this.startedNanos = started.getNano();
        this.out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        out.write(StatCache.magic());
        block.position(8);
        block.put(StatCacheFormat.HEADER);
        number(identity.device());
        number(identity.inode());
        bytes(identity.path());
        checkValue(context);
        bytes(context);
        flush();
    }

    public void enter(Folder folder) {
        inOrder(folder.name());
        lastNames.add(Bytes.EMPTY);
        room();
        block.put(StatCacheFormat.ENTER);
        bytes(folder.name());
    }

    /** @param value what {@link Entry#known} gives back next time; may be empty, and still says that it did not change */
    public void entry(Entry entry, Bytes value) {
        inOrder(entry.name());
        checkValue(value);
        if (StatCacheFormat.isOld(entry.stat(), startedSeconds, startedNanos)) {
            room();
            block.put(StatCacheFormat.ENTRY);
            bytes(entry.name());
            stat(entry.stat());
            bytes(value);
        }
    }

    /**
     * @param value what {@link WalkEvent.Leave#known} gives back next time; empty where something in it was not read or may
     *     not be relied on
     */
    public void leave(Folder folder, Optional<Bytes> value) {
        value.ifPresent(StatCacheWriter::checkValue);
        lastNames.removeLast();
        room();
        block.put(StatCacheFormat.LEAVE);
        var old = StatCacheFormat.isOld(folder.stat(), startedSeconds, startedNanos);
        block.put((byte) ((old ? 1 : 0) | (value.isPresent() ? 2 : 0)));
        if (old) {
            stat(folder.stat());
        }
        value.ifPresent(this::bytes);
    }

    /** The names of a folder ascend; a reader that merges depends on it. */
    private void inOrder(Bytes name) {
        if (!lastNames.isEmpty()) {
            var last = lastNames.set(lastNames.size() - 1, name);
            if (last.compareTo(name) >= 0) {
                throw new IllegalStateException("%s comes after %s in a folder".formatted(name, last));
            }
        }
    }

    private static void checkValue(Bytes value) {
        if (value.length() > StatCache.VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "A value has up to %d bytes, not %d".formatted(StatCache.VALUE_BYTES_MAX, value.length()));
        }
    }

    private void stat(Stat stat) {
        number(stat.mode());
        number(stat.uid());
        number(stat.gid());
        number(stat.size());
        number(stat.device());
        number(stat.inode());
        time(stat.mtimeSeconds(), stat.mtimeNanos());
        time(stat.ctimeSeconds(), stat.ctimeNanos());
    }

    private void time(long seconds, int nanos) {
        block.putLong(seconds);
        block.putInt(nanos);
    }

    private void bytes(Bytes bytes) {
        number(bytes.length());
        bytes.writeTo(block);
    }

    private void number(long value) {
        var rest = value;
        while ((rest & ~0x7FL) != 0) {
            block.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        block.put((byte) rest);
    }

    private void room() {
        if (block.remaining() < RECORD_BYTES_MAX) {
            flush();
        }
    }

    private void flush() {
        var length = block.position() - 8;
        checksum.reset();
        checksum.update(block.array(), 8, length);
        block.putInt(0, length).putInt(4, (int) checksum.getValue());
        try {
            out.write(block.array(), 0, 8 + length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        block.position(8);
    }

    /** Replaces what was known before. */
    public void commit() {
        if (!lastNames.isEmpty()) {
            throw new IllegalStateException("Committed inside of a folder");
        }
        room();
        block.put(StatCacheFormat.END);
        flush();
        try {
            out.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        committed = true;
    }

    @Override
    public void close() {
        if (!committed) {
            try {
                out.close();
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
