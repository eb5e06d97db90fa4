package rok.volume;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.linux.Stat;
import rok.volume.Warning.Problem;

/**
 * Reads a stat cache beside a walk, which comes by the same names in the same order; block by block, so that memory does
 * not grow with the volume. Where a block is damaged, what follows is unknown. For one walk, and one thread.
 */
public final class StatCacheReader implements AutoCloseable {
    private final @Nullable InputStream in;
    private final Path file;
    private final Consumer<Warning> warnings;
    private final CRC32C checksum = new CRC32C();
    private ByteBuffer block = ByteBuffer.allocate(0);
    private Optional<Bytes> context = Optional.empty();

    // The record that the reader stands before.
    private byte type = StatCacheFormat.END;
    private int nameStart;
    private int nameEnd;
    private boolean hasStat;
    private boolean hasValue;
    private int mode;
    private int uid;
    private int gid;
    private long size;
    private long device;
    private long inode;
    private long mtimeSeconds;
    private int mtimeNanos;
    private long ctimeSeconds;
    private int ctimeNanos;
    private int valueStart;
    private int valueEnd;
    private boolean passed;

    private StatCacheReader(@Nullable InputStream in, Path file, Consumer<Warning> warnings) {
        this.in = in;
        this.file = file;
        this.warnings = warnings;
    }

    static StatCacheReader open(Path file, StatCache.Identity identity, Consumer<Warning> warnings) {
        try {
            var reader = new StatCacheReader(Files.newInputStream(file), file, warnings);
            reader.readHeader(identity);
            return reader;
        } catch (NoSuchFileException e) {
            return none();
        } catch (IOException e) {
            warnings.accept(new Warning(Problem.STAT_CACHE, Bytes.EMPTY, file + " can't be read: " + e.getMessage()));
            return none();
        }
    }

    /** Which folder a file speaks of; empty where it can't be told. */
    static Optional<StatCache.Identity> identity(Path file) {
        try (var reader = new StatCacheReader(Files.newInputStream(file), file, _ -> {})) {
            var source = java.util.Objects.requireNonNull(reader.in);
            if (!Arrays.equals(source.readNBytes(StatCache.magic().length), StatCache.magic())) {
                return Optional.empty();
            }
            reader.nextBlock();
            return reader.block.get() == StatCacheFormat.HEADER
                    ? Optional.of(new StatCache.Identity(reader.number(), reader.number(), reader.bytes()))
                    : Optional.empty();
        } catch (IOException | BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Knows nothing. */
    public static StatCacheReader none() {
        return new StatCacheReader(null, Path.of(""), _ -> {});
    }

    /** What the writer was given, unless nothing is known. */
    public Optional<Bytes> context() {
        return context;
    }

    private void readHeader(StatCache.Identity identity) {
        try {
            var magic = StatCache.magic();
            if (in == null || !Arrays.equals(in.readNBytes(magic.length), magic)) {
                throw new EOFException("it does not begin with ROKSTAT1");
            }
            nextBlock();
            var isHeader = block.get() == StatCacheFormat.HEADER;
            var found = new StatCache.Identity(number(), number(), bytes());
            var given = bytes();
            if (isHeader && found.equals(identity)) {
                context = Optional.of(given);
                advance();
            }
        } catch (IOException | BufferUnderflowException | IllegalArgumentException e) {
            damaged(e);
        }
    }

    private void damaged(Exception e) {
        var reason = e instanceof BufferUnderflowException ? "a record is cut off" : String.valueOf(e.getMessage());
        var text = "%s is damaged (%s): files that it would have told about are read again".formatted(file, reason);
        warnings.accept(new Warning(Problem.STAT_CACHE, Bytes.EMPTY, text));
        type = StatCacheFormat.END;
        block = ByteBuffer.allocate(0);
    }

    private void nextBlock() throws IOException {
        var source = in;
        if (source == null) {
            throw new EOFException("it ends too early");
        }
        var head = ByteBuffer.wrap(source.readNBytes(8)).order(ByteOrder.LITTLE_ENDIAN);
        if (head.remaining() < 8) {
            throw new EOFException("it ends too early");
        }
        var length = head.getInt();
        if (length <= 0 || length > StatCacheFormat.BLOCK_BYTES_MAX) {
            throw new IOException("a block of %d bytes".formatted(length));
        }
        var content = source.readNBytes(length);
        checksum.reset();
        checksum.update(content);
        if (content.length < length || (int) checksum.getValue() != head.getInt()) {
            throw new IOException("the checksum of a block is wrong");
        }
        block = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next record. */
    private void advance() {
        try {
            if (!block.hasRemaining()) {
                nextBlock();
            }
            type = block.get();
            switch (type) {
                case StatCacheFormat.ENTER -> readName();
                case StatCacheFormat.ENTRY -> {
                    readName();
                    readStat();
                    readValue();
                }
                case StatCacheFormat.LEAVE -> readLeave();
                case StatCacheFormat.END -> {}
                default -> throw new IOException("a record of type " + type);
            }
        } catch (IOException | BufferUnderflowException | IllegalArgumentException e) {
            damaged(e);
        }
    }

    private void readLeave() {
        var flags = block.get();
        hasStat = (flags & 1) != 0;
        hasValue = (flags & 2) != 0;
        if (hasStat) {
            readStat();
        }
        if (hasValue) {
            readValue();
        }
    }

    private void readName() {
        var length = length(255);
        nameStart = block.position();
        nameEnd = nameStart + length;
        block.position(nameEnd);
    }

    private void readValue() {
        var length = length(StatCache.VALUE_BYTES_MAX);
        valueStart = block.position();
        valueEnd = valueStart + length;
        block.position(valueEnd);
    }

    private void readStat() {
        mode = (int) number();
        uid = (int) number();
        gid = (int) number();
        size = number();
        device = number();
        inode = number();
        mtimeSeconds = block.getLong();
        mtimeNanos = block.getInt();
        ctimeSeconds = block.getLong();
        ctimeNanos = block.getInt();
    }

    private int length(int max) {
        var length = number();
        if (length < 0 || length > max || length > block.remaining()) {
            throw new IllegalArgumentException("a length of " + length);
        }
        return (int) length;
    }

    private Bytes bytes() {
        var value = new byte[length(StatCache.VALUE_BYTES_MAX)];
        block.get(value);
        return Bytes.of(value);
    }

    private long number() {
        var value = 0L;
        for (var shift = 0; shift < 64; shift += 7) {
            var b = block.get();
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }

    // What a walk asks. In a folder that the cache knows ("inside"), it asks for each name, then leaves.

    /** Whether the cache knows this folder, in the folder it is inside of; if so it is inside this one from now on. */
    boolean enter(Bytes name) {
        if (!seek(name) || type != StatCacheFormat.ENTER) {
            return false;
        }
        advance();
        return true;
    }

    /** What is known of an entry that looks the same; null when it is new or changed. */
    @Nullable
    Bytes known(Bytes name, Stat stat) {
        if (!seek(name) || type != StatCacheFormat.ENTRY) {
            return null;
        }
        var value = matches(stat) ? value() : null;
        advance();
        return value;
    }

    /** Whether everything that the cache has in this folder was asked for: nothing is missing on the disk. */
    boolean atEndOfFolder() {
        return type == StatCacheFormat.LEAVE;
    }

    /** What is known of the folder it is inside of; then it is inside the one above. Null without a value. */
    Left leave(Stat stat) {
        for (var depth = 0; ; advance()) {
            if (type == StatCacheFormat.END) {
                return Left.NOTHING;
            }
            if (type == StatCacheFormat.LEAVE && depth-- == 0) {
                break;
            }
            depth += type == StatCacheFormat.ENTER ? 1 : 0;
        }
        var left = new Left(hasValue ? value() : null, hasStat && matches(stat));
        advance();
        return left;
    }

    /** What the cache says of a folder at its end. */
    record Left(@Nullable Bytes value, boolean sameStat) {
        static final Left NOTHING = new Left(null, false);
    }

    /** Whether the last question passed over names that are not on the disk any more. */
    boolean hasPassed() {
        return passed;
    }

    private boolean seek(Bytes name) {
        passed = false;
        while (type == StatCacheFormat.ENTER || type == StatCacheFormat.ENTRY) {
            var sign = name.compareTo(block.array(), nameStart, nameEnd);
            if (sign <= 0) {
                return sign == 0;
            }
            passed = true;
            skip();
        }
        return false;
    }

    private void skip() {
        var depth = 0;
        do {
            depth += type == StatCacheFormat.ENTER ? 1 : type == StatCacheFormat.LEAVE ? -1 : 0;
            advance();
        } while (depth > 0 && type != StatCacheFormat.END);
    }

    private Bytes value() {
        return Bytes.of(block.array(), valueStart, valueEnd);
    }

    private boolean matches(Stat stat) {
        return inode == stat.inode()
                && device == stat.device()
                && size == stat.size()
                && mtimeSeconds == stat.mtimeSeconds()
                && mtimeNanos == stat.mtimeNanos()
                && ctimeSeconds == stat.ctimeSeconds()
                && ctimeNanos == stat.ctimeNanos()
                && mode == stat.mode()
                && uid == stat.uid()
                && gid == stat.gid();
    }

    @Override
    public void close() {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
