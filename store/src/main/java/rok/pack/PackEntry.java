package rok.pack;

import rok.chunk.ChunkId;

/**
 * One chunk of a pack.
 *
 * @param offset of its record in the pack, in bytes
 * @param length of its record, {@code plainLength} that of the chunk
 */
public record PackEntry(ChunkId id, int offset, int length, int plainLength) {
    /** What it takes in a pack's footer. */
    public static final int BYTES = ChunkId.BYTES + 12;
}
