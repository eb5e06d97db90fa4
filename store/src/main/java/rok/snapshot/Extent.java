package rok.snapshot;

import rok.chunk.ChunkId;

/**
 * A run of a content: one data chunk, a range of one, or a hole.
 *
 * @param offset in the content
 * @param chunk {@link Content#NONE} for a hole
 * @param first where in the chunk its bytes begin
 * @param chunkLength of the whole chunk; 0 for a hole
 */
public record Extent(long offset, long length, ChunkId chunk, int first, int chunkLength) {
    /** All of a chunk. */
    public static Extent whole(long offset, int length, ChunkId chunk) {
        return new Extent(offset, length, chunk, 0, length);
    }

    public static Extent hole(long offset, long length) {
        return new Extent(offset, length, Content.NONE, 0, 0);
    }

    public boolean isHole() {
        return chunk.equals(Content.NONE);
    }

    /** Not all of its chunk. */
    public boolean isRange() {
        return length != chunkLength && !isHole();
    }

    public long end() {
        return offset + length;
    }

    /** The part of it that lies between two offsets of the content, both within it. */
    public Extent between(long from, long to) {
        var skipped = isHole() ? 0 : Math.toIntExact(from - offset);
        return new Extent(from, to - from, chunk, first + skipped, chunkLength);
    }

    /** Whether {@code next} goes on in the content and in the chunk, or the hole, where this one ends. */
    boolean goesOn(Extent next) {
        return chunk.equals(next.chunk) && end() == next.offset && (isHole() || first + length == next.first);
    }

    Extent with(Extent next) {
        return new Extent(offset, length + next.length, chunk, first, chunkLength);
    }
}
