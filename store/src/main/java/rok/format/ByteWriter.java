package rok.format;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes big-endian values into an array that grows up to a bound; the twin of {@link ByteReader}. */
public final class ByteWriter {
    private final int bytesMax;
    private byte[] bytes;
    private int length;

    public ByteWriter(int bytesMax) {
        this.bytesMax = bytesMax;
        this.bytes = new byte[Math.min(256, bytesMax)];
    }

    /** How many bytes have been written. */
    public int length() {
        return length;
    }

    public ByteWriter magic(Magic magic) {
        return i64(magic.value());
    }

    public ByteWriter u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    public ByteWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public ByteWriter u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    public ByteWriter i64(long value) {
        return u32(value >>> 32).u32(value);
    }

    /** An unsigned LEB128 number of at most 63 bits. */
    public ByteWriter varint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("A varint is not negative: " + value);
        }
        while (value > 0x7f) {
            u8((int) ((value & 0x7f) | 0x80));
            value >>>= 7;
        }
        return u8((int) value);
    }

    /** A signed number of at most 62 bits and a sign: zigzag in a {@link #varint}. */
    public ByteWriter signedVarint(long value) {
        return varint((value << 1) ^ (value >> 63));
    }

    public ByteWriter bytes(byte[] value) {
        return bytes(value, 0, value.length);
    }

    public ByteWriter bytes(byte[] value, int offset, int count) {
        room(count);
        System.arraycopy(value, offset, bytes, length, count);
        length += count;
        return this;
    }

    /** A varint length and the bytes. */
    public ByteWriter bytesWithLength(byte[] value) {
        return varint(value.length).bytes(value);
    }

    /** {@code count} bytes as a buffer to fill, for types that write themselves into one. */
    public ByteBuffer slice(int count) {
        room(count);
        var slice = ByteBuffer.wrap(bytes, length, count).slice();
        length += count;
        return slice;
    }

    /** Forgets what was written, and keeps the memory. */
    public void clear() {
        length = 0;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** What was written, without a copy: the first {@link #length} bytes, until the next write. */
    public byte[] array() {
        return bytes;
    }

    private void room(int count) {
        if (count > bytesMax - length) {
            throw new IllegalStateException(
                    "%d bytes do not fit behind %d: the bound is %d".formatted(count, length, bytesMax));
        }
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(bytesMax, Math.max(length + (long) count, 2L * bytes.length)));
        }
    }
}
