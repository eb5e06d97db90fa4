package rok.snapshot;

import java.util.ArrayList;
import java.util.List;
import rok.format.StoreException;
import rok.repository.ChunkReader;

/** What the list at the root of a content names, one level down. */
public final class ContentParts {
    private ContentParts() {}

    /**
     * A part of a content.
     *
     * @param length how much of the content it is
     * @param content what is stored: of a range of a chunk, all of the chunk
     */
    public record Part(long length, Content content) {}

    /**
     * The parts of a content of depth 1 to 8, in order, at most 4,096: each of one depth less, or a hole. Throws {@link
     * StoreException} where the list can't be read or makes no sense.
     */
    public static List<Part> of(ChunkReader chunks, Content content) {
        var list = ChunkList.read(chunks, content.root(), content.depth(), content.length());
        var parts = new ArrayList<Part>(list.count());
        for (var i = 0; i < list.count(); i++) {
            parts.add(new Part(list.length(i), part(list, i, content.depth())));
        }
        return parts;
    }

    private static Content part(ChunkList list, int item, int depth) {
        if (list.isHole(item)) {
            return new Content(list.length(item), 0, Content.NONE);
        }
        return depth == 1
                ? new Content(list.extent(item, 0).chunkLength(), 0, list.id(item))
                : new Content(list.length(item), depth - 1, list.id(item));
    }
}
