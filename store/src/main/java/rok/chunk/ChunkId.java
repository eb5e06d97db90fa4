package rok.chunk;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The digest of a chunk's plain bytes, SHA-256 or HMAC-SHA-256: four longs, since a record over an array compares by
 * identity.
 */
public record ChunkId(long a, long b, long c, long d) implements Comparable<ChunkId> {
    public static final int BYTES = 32;

    /** Reads 32 bytes, big-endian, from the buffer's position. */
    public static ChunkId read(ByteBuffer in) {
        return new ChunkId(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    public static ChunkId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "A chunk id has %d hex digits, not %d: %s".formatted(2 * BYTES, hex.length(), hex));
        }
        return read(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    public void write(ByteBuffer out) {
        out.putLong(a).putLong(b).putLong(c).putLong(d);
    }

    byte[] toByteArray() {
        return ByteBuffer.allocate(BYTES)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }

    /** Orders as the bytes do, unsigned. */
    @Override
    public int compareTo(ChunkId other) {
        var first = Long.compareUnsigned(a, other.a);
        if (first != 0) {
            return first;
        }
        var second = Long.compareUnsigned(b, other.b);
        if (second != 0) {
            return second;
        }
        var third = Long.compareUnsigned(c, other.c);
        return third != 0 ? third : Long.compareUnsigned(d, other.d);
    }

    @Override
    public String toString() {
        return "%016x%016x%016x%016x".formatted(a, b, c, d);
    }
}
