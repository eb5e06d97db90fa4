package rok.snapshot;

import rok.chunk.ChunkId;

/**
 * A run of a content: one data chunk, or a hole.
 *
 * @param chunk {@link Content#NONE} for a hole
 */
public record Extent(long offset, long length, ChunkId chunk) {
    public boolean isHole() {
        return chunk.equals(Content.NONE);
    }

    public long end() {
        return offset + length;
    }
}
