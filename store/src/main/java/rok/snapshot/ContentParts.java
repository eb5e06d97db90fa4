package rok.snapshot;

import java.util.ArrayList;
import java.util.List;
import rok.format.StoreException;
import rok.repository.ChunkReader;

/** What the list at the root of a content names, one level down. */
public final class ContentParts {
    private ContentParts() {}

    /**
     * The parts of a content of depth 1 to 8, in order, at most 4,096: each of one depth less, or a hole. Throws {@link
     * StoreException} where the list can't be read or makes no sense.
     */
    public static List<Content> of(ChunkReader chunks, Content content) {
        var list = ChunkList.read(chunks, content.root(), content.depth(), content.length());
        var parts = new ArrayList<Content>(list.count());
        for (var i = 0; i < list.count(); i++) {
            var depth = list.id(i).equals(Content.NONE) ? 0 : content.depth() - 1;
            parts.add(new Content(list.length(i), depth, list.id(i)));
        }
        return parts;
    }
}
