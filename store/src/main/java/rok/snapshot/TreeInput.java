package rok.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.function.Supplier;
import rok.chunk.ChunkId;
import rok.format.StoreException;

/** Reads the pieces of a tree's encoding, strictly: whatever does not fit is corrupt, at a position, in a named tree. */
final class TreeInput {
    private final InputStream in;
    private final String name;
    private final byte[] buffer;
    private int at;
    private int filled;
    private long consumed;

    TreeInput(InputStream in, String name) {
        this.in = in;
        this.name = name;
        this.buffer = new byte[8192];
    }

    /** Over bytes that are all there. */
    TreeInput(byte[] bytes, String name) {
        this.in = InputStream.nullInputStream();
        this.name = name;
        this.buffer = bytes;
        this.filled = bytes.length;
    }

    StoreException.Corrupt corrupt(String found) {
        return new StoreException.Corrupt("%s is corrupt at byte %d: %s".formatted(name, consumed + at, found));
    }

    boolean atEnd() {
        return at == filled && !fill();
    }

    int raw() {
        if (atEnd()) {
            throw corrupt("it ends too early");
        }
        return buffer[at++] & 0xff;
    }

    byte[] raw(int length) {
        var bytes = new byte[length];
        for (var done = 0; done < length; ) {
            if (atEnd()) {
                throw corrupt("it ends too early");
            }
            var count = Math.min(length - done, filled - at);
            System.arraycopy(buffer, at, bytes, done, count);
            at += count;
            done += count;
        }
        return bytes;
    }

    long varint() {
        var value = 0L;
        for (var shift = 0; shift < 70; shift += 7) {
            var next = raw();
            if (shift == 63 && next > 1) {
                throw corrupt("a number of more than 64 bits");
            }
            value |= (next & 0x7fL) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw corrupt("a number longer than it needs to be");
                }
                return value;
            }
        }
        throw corrupt("a number of more than 64 bits");
    }

    long varint(long max, String what) {
        var value = varint();
        if (value < 0 || value > max) {
            throw corrupt("%s is %s, above %d".formatted(what, Long.toUnsignedString(value), max));
        }
        return value;
    }

    long signed() {
        var value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    ByteString bytes(int max, String what) {
        return ByteString.of(raw((int) varint(max, "the length of " + what)));
    }

    Content content() {
        var length = varint(Long.MAX_VALUE, "the length of a content");
        if (length == 0) {
            return new Content(0, 0, Content.NONE);
        }
        var depth = raw();
        var root = ChunkId.read(ByteBuffer.wrap(raw(ChunkId.BYTES)));
        if (depth > Content.DEPTH_MAX) {
            throw corrupt("a content of depth " + depth);
        }
        if (root.equals(Content.NONE) && depth != 0) {
            throw corrupt("a hole of depth " + depth);
        }
        return new Content(length, depth, root);
    }

    Attributes attributes() {
        var mode = (int) varint(07777, "a mode");
        var uid = varint(0xffffffffL, "a uid");
        var gid = varint(0xffffffffL, "a gid");
        var seconds = signed();
        var nanos = varint(999_999_999, "nanoseconds");
        var count = (int) varint(Attributes.XATTRS_MAX, "the number of extended attributes");
        var xattrs = new ArrayList<Attributes.Xattr>(Math.min(count, 16));
        var left = Attributes.XATTR_BYTES_MAX;
        for (var i = 0; i < count; i++) {
            var key = bytes(Entry.NAME_BYTES_MAX, "an attribute's name");
            var value = bytes(Math.min(left, Attributes.XATTR_VALUE_BYTES_MAX), "an attribute's value");
            left -= value.length();
            xattrs.add(checked(() -> new Attributes.Xattr(key, value)));
        }
        return checked(() -> new Attributes(mode, uid, gid, Instant.ofEpochSecond(seconds, nanos), xattrs));
    }

    Entry entry(int kind) {
        var entryName = bytes(Entry.NAME_BYTES_MAX, "a name");
        var attributes = attributes();
        return switch (kind) {
            case EntryCodec.FOLDER -> folder(entryName, attributes);
            case EntryCodec.FILE -> {
                var content = content();
                var first = bytes(Entry.PATH_BYTES_MAX, "a path");
                yield checked(() -> new Entry.File(entryName, attributes, content, first));
            }
            case EntryCodec.SYMLINK -> {
                var target = bytes(Entry.TARGET_BYTES_MAX, "a link's target");
                yield checked(() -> new Entry.Symlink(entryName, attributes, target));
            }
            case EntryCodec.FIFO -> checked(() -> new Entry.Fifo(entryName, attributes));
            default -> throw corrupt("an entry of the unknown kind " + kind);
        };
    }

    private Entry folder(ByteString entryName, Attributes attributes) {
        var tree = content();
        var files = varint(Long.MAX_VALUE, "the number of files");
        var bytes = varint(Long.MAX_VALUE, "the number of bytes");
        return checked(() -> new Entry.Folder(entryName, attributes, tree, files, bytes));
    }

    private <T> T checked(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw corrupt(String.valueOf(e.getMessage()));
        }
    }

    private boolean fill() {
        try {
            consumed += at;
            at = 0;
            filled = Math.max(0, in.read(buffer, 0, buffer.length));
            return filled > 0;
        } catch (IOException e) {
            throw new UncheckedIOException("Reading " + name, e);
        }
    }
}
