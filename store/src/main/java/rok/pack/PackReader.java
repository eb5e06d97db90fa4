package rok.pack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import rok.chunk.ChunkCodec;
import rok.chunk.Chunker;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/** Reads what a pack says about itself, from its end; needs no index. */
public final class PackReader {
    private PackReader() {}

    /** The pack whose key this is; {@link StoreException.Corrupt} for a key below {@code packs/} that is none. */
    public static PackName name(ObjectKey key) {
        var value = key.value();
        try {
            var name = PackName.parse(value.substring(value.lastIndexOf('/') + 1));
            if (name.key().equals(key)) {
                return name;
            }
        } catch (IllegalArgumentException e) {
            throw new StoreException.Corrupt("Object %s is no pack: its name is none of a pack".formatted(key), e);
        }
        throw new StoreException.Corrupt("Object %s is no pack: its name is none of a pack".formatted(key));
    }

    /** The chunks of a pack, in the order they lie. */
    public static List<PackEntry> entries(ObjectStore store, PackName pack) {
        var key = pack.key();
        var size = store.stat(key)
                .orElseThrow(() -> new StoreException.Missing("There is no pack " + pack))
                .size();
        if (size < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES || size > PackFormat.PACK_BYTES_MAX) {
            throw corrupt(pack, "it has %d bytes".formatted(size));
        }
        var trailer = read(store, key, size - PackFormat.TRAILER_BYTES, PackFormat.TRAILER_BYTES);
        PackFormat.END_MAGIC.check(trailer.getLong(12), "The trailer of pack " + pack);
        var count = trailer.getInt(0);
        var packBytes = trailer.getInt(4);
        if (packBytes != size || count < 1 || count > (size - PackFormat.HEADER_BYTES) / PackFormat.ENTRY_BYTES) {
            throw corrupt(
                    pack, "it has %d bytes, its trailer says %d, with %d chunks".formatted(size, packBytes, count));
        }
        var tailBytes = PackFormat.tailBytes(count);
        if (tailBytes + PackFormat.HEADER_BYTES > size) {
            throw corrupt(pack, "%d chunks are too many for %d bytes".formatted(count, size));
        }
        var tail = read(store, key, size - tailBytes, tailBytes);
        var computed = Checksum.of(tail, 0, count * PackFormat.ENTRY_BYTES + 8);
        if (trailer.getInt(8) != computed) {
            throw corrupt(pack, "its footer's checksum is %08x, computed %08x".formatted(trailer.getInt(8), computed));
        }
        return parse(pack, tail, count, (int) size - tailBytes);
    }

    /**
     * Reads the whole pack and checks every byte: header, each record with its checksum and id, footer. Returns what is
     * wrong, one line a thing, each naming the pack; empty for a good one.
     */
    public static List<String> verify(ObjectStore store, PackName pack, ChunkCodec codec) {
        var problems = new ArrayList<String>();
        try {
            var entries = entries(store, pack);
            var header = read(store, pack.key(), 0, PackFormat.HEADER_BYTES);
            PackFormat.MAGIC.check(header.getLong(0), "Pack " + pack);
            var plain = new byte[Chunker.CHUNK_BYTES_MAX];
            for (var entry : entries) {
                verify(store, pack, entry, codec, plain, problems);
            }
        } catch (StoreException.Corrupt | StoreException.Missing | StoreException.Incompatible e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    private static void verify(
            ObjectStore store, PackName pack, PackEntry entry, ChunkCodec codec, byte[] plain, List<String> problems) {
        try {
            var record = read(store, pack.key(), entry.offset(), entry.length()).array();
            var where = where(pack, entry.offset());
            var length = codec.decode(entry.id(), record, 0, record.length, plain, 0, plain.length, where);
            if (length != entry.plainLength()) {
                throw corrupt(
                        pack,
                        "its footer gives chunk %s %d bytes, it has %d"
                                .formatted(entry.id(), entry.plainLength(), length));
            }
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    /** How messages name a record. */
    public static String where(PackName pack, int offset) {
        return "The record at byte " + offset + " of pack " + pack;
    }

    private static List<PackEntry> parse(PackName pack, ByteBuffer footer, int count, int recordsEnd) {
        var entries = new ArrayList<PackEntry>(count);
        var expected = PackFormat.HEADER_BYTES;
        for (var i = 0; i < count; i++) {
            var entry = PackFormat.readEntry(footer);
            if (entry.offset() != expected
                    || entry.length() <= ChunkCodec.RECORD_OVERHEAD_BYTES
                    || entry.length() > recordsEnd - expected
                    || entry.plainLength() < 1
                    || entry.plainLength() > Chunker.CHUNK_BYTES_MAX) {
                throw corrupt(pack, "entry %d of its footer makes no sense: %s".formatted(i, entry));
            }
            expected += entry.length();
            entries.add(entry);
        }
        if (expected != recordsEnd) {
            throw corrupt(pack, "its footer leaves out bytes %d to %d".formatted(expected, recordsEnd));
        }
        return entries;
    }

    private static ByteBuffer read(ObjectStore store, ObjectKey key, long offset, int length) {
        var into = ByteBuffer.allocate(length);
        store.get(key, offset, into);
        return into.flip();
    }

    private static StoreException.Corrupt corrupt(PackName pack, String problem) {
        return new StoreException.Corrupt("Pack %s is corrupt: %s".formatted(pack, problem));
    }
}
