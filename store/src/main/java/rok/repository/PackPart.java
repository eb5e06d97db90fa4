package rok.repository;

import java.nio.ByteBuffer;

/**
 * A copy of some bytes of a pack. They may be anything: what is decoded of them is checked.
 *
 * @param from where in the pack they begin
 * @param bytes at the beginning of an array
 */
public record PackPart(int from, ByteBuffer bytes) {
    /** Has all of a record of this length at this offset. */
    public boolean holds(int offset, int length) {
        return offset >= from && length > 0 && length <= from + bytes.remaining() - offset;
    }
}
