package rok.snapshot;

import rok.format.StoreException;

/** One entry as bytes, just as it stands in a tree: what a cache keeps so as not to look at the file again. */
public final class EntryCodec {
    static final int END = 0;
    static final int FOLDER = 1;
    static final int FILE = 2;
    static final int SYMLINK = 3;
    static final int FIFO = 4;

    private EntryCodec() {}

    static int kind(Entry entry) {
        return switch (entry) {
            case Entry.Folder _ -> FOLDER;
            case Entry.File _ -> FILE;
            case Entry.Symlink _ -> SYMLINK;
            case Entry.Fifo _ -> FIFO;
        };
    }

    public static byte[] encode(Entry entry) {
        var out = new TreeOutput();
        out.entry(entry);
        return out.take();
    }

    /** Throws {@link StoreException.Corrupt} for anything but exactly one entry. */
    public static Entry decode(byte[] bytes) {
        var in = new TreeInput(bytes, "A kept entry");
        var entry = in.entry(in.raw());
        if (!in.atEnd()) {
            throw in.corrupt("bytes after its end");
        }
        return entry;
    }
}
