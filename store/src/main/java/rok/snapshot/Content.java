package rok.snapshot;

import rok.chunk.ChunkId;

/**
 * Names a byte string of any length: a file's data, or an encoded folder. Small enough to stand in a tree or a version
 * record; docs/format/tree.md tells how the pieces behind it are found.
 *
 * @param length the logical length in bytes, holes included
 * @param depth 0: {@code root} is one data chunk, the whole content; n > 0: {@code root} is a list chunk whose items are
 *     contents of depth below n, or holes. With a length of 0, or one hole, there is no root: {@link #NONE} stands in.
 */
public record Content(long length, int depth, ChunkId root) {
    public static final int DEPTH_MAX = 8;
    /** The root of a content without bytes. */
    public static final ChunkId NONE = new ChunkId(0, 0, 0, 0);

    public Content {
        if (length < 0 || depth < 0 || depth > DEPTH_MAX) {
            throw new IllegalArgumentException(
                    "A content has a length >= 0 and a depth of 0 to 8, not %d and %d".formatted(length, depth));
        }
    }

    /** All of it is a hole (or it is empty). */
    public boolean isHole() {
        return root.equals(NONE);
    }
}
