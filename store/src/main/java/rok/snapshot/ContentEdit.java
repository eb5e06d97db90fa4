package rok.snapshot;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.repository.ChunkReader;
import rok.repository.ChunkWriter;

/**
 * Makes a content of another one and what changed in it. Lists of chunks that no change touches are taken as they are, and
 * not read where what comes before them did not move their beginning; so the work grows with what changed. For one use, by
 * one thread.
 */
public final class ContentEdit {
    private final ChunkReader chunks;
    private final ContentBuilder builder;
    private final Iterator<Extent> changes;
    private final long length;
    private @Nullable Extent change;

    /**
     * @param changes what stands where, sorted by offset, without overlaps, within {@code length}
     * @param length of the new content: what lies behind the old one's end and is in no change is a hole
     */
    public ContentEdit(ChunkReader chunks, ChunkWriter.Lane lane, Iterator<Extent> changes, long length) {
        this.chunks = chunks;
        this.builder = new ContentBuilder(lane);
        this.changes = changes;
        this.length = length;
        next();
    }

    /** What {@code before} is with the changes. Throws {@link rok.format.StoreException} where it can't be read. */
    public Content of(Content before) {
        if (before.depth() == 0) {
            extent(
                    before.isHole()
                            ? Extent.hole(0, before.length())
                            : Extent.whole(0, (int) before.length(), before.root()));
        } else {
            list(before.root(), before.depth(), 0, before.length(), true);
        }
        while (change != null) {
            builder.hole(change.offset() - builder.length());
            takeChange();
        }
        builder.hole(length - builder.length());
        return builder.finish();
    }

    /** @param last whether it ends because the content does, and not by what it holds */
    private void list(ChunkId id, int depth, long from, long listLength, boolean last) {
        var to = from + listLength;
        if (builder.length() >= Math.min(to, length)) {
            return;
        }
        var untouched = builder.length() == from && to <= length && (change == null || change.offset() >= to);
        if (untouched && !last && builder.isBetweenLists(depth)) {
            builder.list(depth, listLength, id);
            return;
        }
        var list = ChunkList.read(chunks, id, depth, listLength);
        var at = from;
        for (var i = 0; i < list.count() && at < length; i++) {
            if (depth == 1 || list.isHole(i)) {
                extent(list.extent(i, at));
            } else {
                list(list.id(i), depth - 1, at, list.length(i), last && i == list.count() - 1);
            }
            at += list.length(i);
        }
    }

    /** Takes what is left of an extent between changes, and the changes that begin in it. */
    private void extent(Extent old) {
        var end = Math.min(old.end(), length);
        while (builder.length() < end) {
            var from = builder.length();
            if (change != null && change.offset() <= from) {
                takeChange();
            } else {
                var to = change == null ? end : Math.min(end, change.offset());
                builder.add(old.between(from, to));
            }
        }
    }

    private void takeChange() {
        var taken = change;
        if (taken == null || taken.offset() != builder.length() || taken.end() > length) {
            throw new IllegalArgumentException("Changes are out of order, or outside of %d bytes: %s at %d"
                    .formatted(length, taken, builder.length()));
        }
        builder.add(taken);
        next();
    }

    private void next() {
        change = changes.hasNext() ? changes.next() : null;
    }
}
