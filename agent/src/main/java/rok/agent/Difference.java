package rok.agent;

import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;

/**
 * What differs between two folders of versions, in the order of paths, as it is found. Folders with the same tree are not
 * opened, so the work grows with what differs and not with what is there.
 */
public final class Difference {
    /** Stands for a volume that is not there. */
    public static final Content NOTHING = new Content(0, 0, Content.NONE);

    private final ChunkReader chunks;
    private final Listener listener;

    public Difference(ChunkReader chunks, Listener listener) {
        this.chunks = chunks;
        this.listener = listener;
    }

    /** Takes each change. */
    @FunctionalInterface
    public interface Listener {
        void changed(Change change);
    }

    /** What became of a path. */
    public enum Kind {
        ADDED,
        REMOVED,
        /** Other bytes, another target, or another kind of entry. */
        CONTENT,
        /** Owner, mode, time or extended attributes only. */
        METADATA
    }

    public record Change(Kind kind, ByteString path, Optional<Entry> before, Optional<Entry> after) {}

    /** Compares what two trees hold; {@code path} stands before each name that is told. */
    public void compare(ByteString path, Content before, Content after) {
        if (before.equals(after)) {
            return;
        }
        var left = new Side(chunks, before);
        var right = new Side(chunks, after);
        while (left.entry != null || right.entry != null) {
            var order = order(left.entry, right.entry);
            if (order < 0) {
                alone(path, Kind.REMOVED, left.take());
            } else if (order > 0) {
                alone(path, Kind.ADDED, right.take());
            } else {
                both(path, left.take(), right.take());
            }
        }
    }

    private static int order(@Nullable Entry left, @Nullable Entry right) {
        if (left == null || right == null) {
            return left == null ? 1 : -1;
        }
        return left.name().compareTo(right.name());
    }

    private void both(ByteString folder, Entry before, Entry after) {
        var path = folder.child(after.name());
        if (before instanceof Entry.Folder was && after instanceof Entry.Folder is) {
            if (!was.attributes().equals(is.attributes())) {
                tell(Kind.METADATA, path, Optional.of(was), Optional.of(is));
            }
            compare(path, was.tree(), is.tree());
            return;
        }
        if (before instanceof Entry.Folder || after instanceof Entry.Folder) {
            alone(folder, Kind.REMOVED, before);
            alone(folder, Kind.ADDED, after);
            return;
        }
        if (!sameContent(before, after)) {
            tell(Kind.CONTENT, path, Optional.of(before), Optional.of(after));
        } else if (!before.equals(after)) {
            tell(Kind.METADATA, path, Optional.of(before), Optional.of(after));
        }
    }

    private static boolean sameContent(Entry before, Entry after) {
        return switch (after) {
            case Entry.File file ->
                before instanceof Entry.File was && was.content().equals(file.content());
            case Entry.Symlink link ->
                before instanceof Entry.Symlink was && was.target().equals(link.target());
            case Entry.Fifo _ -> before instanceof Entry.Fifo;
            case Entry.Folder _ -> before instanceof Entry.Folder;
        };
    }

    /** Tells of an entry on one side only, and of all below it. */
    private void alone(ByteString folder, Kind kind, Entry entry) {
        var path = folder.child(entry.name());
        var some = Optional.of(entry);
        tell(kind, path, kind == Kind.REMOVED ? some : Optional.empty(), kind == Kind.ADDED ? some : Optional.empty());
        if (entry instanceof Entry.Folder opened) {
            var below = new TreeReader(chunks, opened.tree());
            while (below.hasNext()) {
                alone(path, kind, below.next());
            }
        }
    }

    private void tell(Kind kind, ByteString path, Optional<Entry> before, Optional<Entry> after) {
        listener.changed(new Change(kind, path, before, after));
    }

    /** One folder, with the entry that comes next. */
    private static final class Side {
        private final Iterator<Entry> entries;
        private @Nullable Entry entry;

        Side(ChunkReader chunks, Content tree) {
            entries = tree.equals(NOTHING) ? Collections.emptyIterator() : new TreeReader(chunks, tree);
            entry = entries.hasNext() ? entries.next() : null;
        }

        Entry take() {
            var taken = entry;
            if (taken == null) {
                throw new IllegalStateException("The folder has no more entries");
            }
            entry = entries.hasNext() ? entries.next() : null;
            return taken;
        }
    }
}
