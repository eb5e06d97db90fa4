package rok.agent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.repository.ChunkWriter;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.EntryCodec;
import rok.snapshot.TreeWriter;

/**
 * Makes the trees of a volume from its entries in walk order: each folder's is written while its entries come, so a
 * folder of any size takes bounded memory. A folder that turns out to be unchanged is not written at all, if it is
 * no larger than {@link #HELD_MAX}. For one thread.
 */
final class TreeBuilder {
    /** So many entries of a folder wait to see whether it changed; after that it is written in any case. */
    static final int HELD_MAX = 8192;

    private final ChunkWriter.Lane lane;
    private final Deque<OpenFolder> open = new ArrayDeque<>();

    TreeBuilder(ChunkWriter.Lane lane) {
        this.lane = lane;
    }

    void enter(ByteString name, Attributes attributes) {
        open.push(new OpenFolder(name, attributes));
    }

    /** An entry that has to be encoded. */
    void add(Entry entry, long bytes) {
        var folder = open.element();
        folder.changed = true;
        folder.count(1, bytes);
        folder.write(entry);
    }

    /** An entry that is as it was when {@code known} was made of it. */
    void addUnchanged(byte[] known, long bytes) {
        var folder = open.element();
        folder.count(1, bytes);
        folder.hold(known);
    }

    /**
     * Ends the folder.
     *
     * @param known the folder's entry of last time, where its entries are the same as then
     * @return the folder's entry, {@code known} itself where nothing in it changed
     */
    Entry.Folder leave(Optional<Entry.Folder> known) {
        var folder = open.pop();
        var attributes = folder.attributes;
        if (known.isPresent() && !folder.changed && folder.writer == null) {
            var then = known.get();
            if (then.attributes().equals(attributes)) {
                return then;
            }
            if (!open.isEmpty()) {
                return new Entry.Folder(folder.name, attributes, then.tree(), then.files(), then.bytes());
            }
        }
        var tree = folder.writer(open.isEmpty()).finish();
        return new Entry.Folder(folder.name, attributes, tree, folder.files, folder.bytes);
    }

    /** Adds a folder that {@link #leave} gave to the folder around it. */
    void addFolder(Entry.Folder entry, boolean unchanged) {
        var folder = open.element();
        folder.count(entry.files(), entry.bytes());
        if (unchanged) {
            folder.hold(EntryCodec.encode(entry));
        } else {
            folder.changed = true;
            folder.write(entry);
        }
    }

    boolean isAtTop() {
        return open.isEmpty();
    }

    private final class OpenFolder {
        private final ByteString name;
        private final Attributes attributes;
        private final List<byte[]> held = new ArrayList<>();
        private @Nullable TreeWriter writer;
        private boolean changed;
        private long files;
        private long bytes;

        OpenFolder(ByteString name, Attributes attributes) {
            this.name = name;
            this.attributes = attributes;
        }

        void count(long moreFiles, long moreBytes) {
            files += moreFiles;
            bytes += moreBytes;
        }

        void hold(byte[] entry) {
            if (writer != null || held.size() == HELD_MAX) {
                write(EntryCodec.decode(entry));
            } else {
                held.add(entry);
            }
        }

        void write(Entry entry) {
            writer(open.size() == 1).add(entry);
        }

        /** Begins the tree where that has not happened, with the entries that were held. */
        TreeWriter writer(boolean top) {
            var begun = writer;
            if (begun == null) {
                begun = new TreeWriter(
                        new ContentWriter(lane.structure()), top ? Optional.of(attributes) : Optional.empty());
                for (var entry : held) {
                    begun.add(EntryCodec.decode(entry));
                }
                held.clear();
                writer = begun;
            }
            return begun;
        }
    }
}
