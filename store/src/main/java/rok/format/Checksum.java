package rok.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C (Castagnoli), the checksum of every stored range; tens of gigabytes a second on current processors. */
public final class Checksum {
    private Checksum() {}

    public static int of(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    /** Of the remaining bytes; leaves the position alone. */
    public static int of(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /** Of {@code length} bytes from {@code offset}, whatever the buffer's position and limit. */
    public static int of(ByteBuffer bytes, int offset, int length) {
        return of(bytes.slice(offset, length));
    }
}
