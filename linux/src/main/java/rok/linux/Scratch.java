package rok.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory that the calls of one thread use again and again: two names, a structure, the error number, and a
 * buffer that grows to what is asked. Freed when nobody holds it any more; every call passes the segment of the error
 * number, which is of the same arena, and so keeps all of it alive.
 */
final class Scratch {
    private static final int NAME_BYTES = 4096;
    private static final int STRUCTURE = 2 * NAME_BYTES;
    private static final int STRUCTURE_BYTES = 512;

    final MemorySegment errno;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment fixed = arena.allocate(STRUCTURE + STRUCTURE_BYTES, 16);
    private MemorySegment buffer = MemorySegment.NULL;

    Scratch(MemoryLayout capture) {
        errno = arena.allocate(capture);
    }

    long name(Bytes name, String call) {
        return put(name.array(), 0, name.length(), 0, call);
    }

    long second(Bytes name, String call) {
        return put(name.array(), 0, name.length(), NAME_BYTES, call);
    }

    long name(byte[] from, int start, int end) {
        return put(from, start, end - start, 0, "copy of a name");
    }

    private long put(byte[] from, int start, int length, long at, String call) {
        if (length >= NAME_BYTES) {
            throw new LinuxException(
                    Errno.ENAMETOOLONG,
                    call,
                    Bytes.of(from, start, start + length).toString());
        }
        MemorySegment.copy(from, start, fixed, ValueLayout.JAVA_BYTE, at, length);
        fixed.set(ValueLayout.JAVA_BYTE, at + length, (byte) 0);
        return fixed.address() + at;
    }

    long structure() {
        return fixed.address() + STRUCTURE;
    }

    int intAt(int offset) {
        return fixed.get(ValueLayout.JAVA_INT, STRUCTURE + offset);
    }

    long longAt(int offset) {
        return fixed.get(ValueLayout.JAVA_LONG, STRUCTURE + offset);
    }

    void putInt(int offset, int value) {
        fixed.set(ValueLayout.JAVA_INT, STRUCTURE + offset, value);
    }

    void putLong(int offset, long value) {
        fixed.set(ValueLayout.JAVA_LONG, STRUCTURE + offset, value);
    }

    /** At most so many of them. */
    void putBytes(int offset, Bytes bytes, int most) {
        var length = Math.min(bytes.length(), most);
        MemorySegment.copy(bytes.array(), 0, fixed, ValueLayout.JAVA_BYTE, STRUCTURE + offset, length);
    }

    MemorySegment buffer(int bytes) {
        if (buffer.byteSize() < bytes) {
            buffer = arena.allocate(Math.max(bytes, 64 << 10), 64);
        }
        return buffer;
    }
}
