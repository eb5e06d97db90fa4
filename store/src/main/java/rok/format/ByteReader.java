package rok.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads big-endian values from bytes that nobody vouches for. Whatever does not fit is a {@link StoreException.Corrupt}
 * that names the thing and the offset; no length or count is believed before it has been compared with what is there.
 */
public final class ByteReader {
    private final ByteBuffer bytes;
    private final int start;
    private final String what;

    /**
     * Reads from the buffer's position to its limit.
     *
     * @param what names the thing in messages: {@code tree of folder a/b}
     */
    public ByteReader(ByteBuffer bytes, String what) {
        this.bytes = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
        this.start = bytes.position();
        this.what = what;
    }

    /** How many bytes have been read. */
    public int offset() {
        return bytes.position() - start;
    }

    public int remaining() {
        return bytes.remaining();
    }

    public void magic(Magic magic) {
        need(Magic.BYTES);
        magic.check(bytes.getLong(), what);
    }

    public int u8() {
        need(1);
        return bytes.get() & 0xff;
    }

    public int u16() {
        need(2);
        return bytes.getShort() & 0xffff;
    }

    public long u32() {
        need(4);
        return bytes.getInt() & 0xffff_ffffL;
    }

    public long i64() {
        need(8);
        return bytes.getLong();
    }

    /** An unsigned LEB128 number of at most 63 bits, in its shortest form. */
    public long varint() {
        long value = 0;
        for (var shift = 0; shift < 63; shift += 7) {
            var b = u8();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) {
                    throw corrupt("a number in more bytes than it needs");
                }
                return value;
            }
        }
        throw corrupt("a number of more than 63 bits");
    }

    /** A signed number: zigzag in a {@link #varint}, so of at most 62 bits and a sign. */
    public long signedVarint() {
        var raw = varint();
        return (raw >>> 1) ^ -(raw & 1);
    }

    /** A varint that is a count of things of which each takes at least {@code bytesEach} bytes here. */
    public int count(int bytesEach) {
        var count = varint();
        if (count > remaining() / Math.max(1, bytesEach)) {
            throw corrupt("a count of %d, with %d bytes left".formatted(count, remaining()));
        }
        return (int) count;
    }

    /** A varint length, at most {@code max}, and that many bytes. */
    public byte[] bytesWithLength(int max) {
        var length = varint();
        if (length > max) {
            throw corrupt("a length of %d, more than the %d allowed".formatted(length, max));
        }
        return bytes((int) length);
    }

    public byte[] bytes(int length) {
        need(length);
        var copy = new byte[length];
        bytes.get(copy);
        return copy;
    }

    /** The next bytes as a view, for types that read themselves from a buffer. */
    public ByteBuffer slice(int length) {
        need(length);
        var slice = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return slice;
    }

    /** Everything has been read, or it is corrupt. */
    public void end() {
        if (bytes.hasRemaining()) {
            throw corrupt("%d bytes too many".formatted(bytes.remaining()));
        }
    }

    /** The failure to throw when a value here makes no sense. */
    public StoreException.Corrupt corrupt(String found) {
        return new StoreException.Corrupt("%s is corrupt at byte %d: %s".formatted(what, offset(), found));
    }

    private void need(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw corrupt("it ends where %d more bytes should be, %d are left".formatted(length, bytes.remaining()));
        }
    }
}
