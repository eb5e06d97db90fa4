package rok.snapshot;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what a folder holds as a stream: entries in ascending order of their names. Not safe for several threads. */
public final class TreeWriter {
    private final ContentWriter out;
    private final TreeOutput buffer = new TreeOutput();
    private @Nullable ByteString last;
    private long count;

    /** @param self the folder's own attributes, for the top folder of a volume and for no other */
    public TreeWriter(ContentWriter out, Optional<Attributes> self) {
        this.out = out;
        buffer.raw(TreeReader.MAGIC);
        buffer.raw(TreeReader.VERSION);
        buffer.raw(self.isPresent() ? 1 : 0);
        self.ifPresent(buffer::attributes);
        drain();
    }

    public void add(Entry entry) {
        if (last != null && last.compareTo(entry.name()) >= 0) {
            throw new IllegalArgumentException(
                    "Entries of a tree ascend: \"%s\" can't follow \"%s\"".formatted(entry.name(), last));
        }
        last = entry.name();
        count++;
        buffer.entry(entry);
        drain();
    }

    /** Ends the tree and names it. */
    public Content finish() {
        buffer.raw(EntryCodec.END);
        buffer.varint(count);
        drain();
        return out.finish();
    }

    private void drain() {
        var bytes = buffer.take();
        out.write(bytes, 0, bytes.length);
    }
}
