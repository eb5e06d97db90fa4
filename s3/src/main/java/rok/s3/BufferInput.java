package rok.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a buffer, which may be direct, without copying it first. */
final class BufferInput extends InputStream {
    private final ByteBuffer bytes;

    BufferInput(ByteBuffer bytes) {
        this.bytes = bytes.duplicate();
    }

    @Override
    public int read() {
        return bytes.hasRemaining() ? bytes.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!bytes.hasRemaining()) {
            return -1;
        }
        var count = Math.min(length, bytes.remaining());
        bytes.get(into, offset, count);
        return count;
    }

    @Override
    public int available() {
        return bytes.remaining();
    }
}
