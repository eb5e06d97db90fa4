package rok.pack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/** Reads what a pack says about itself, from its end; needs no index. */
public final class PackReader {
    /** What is read of a pack's end at first: the footer of a full pack of chunks of average size, and some more. */
    private static final int TAIL_BYTES = 32 << 10;

    /** Longest pack, in bytes. */
    public static final int PACK_BYTES_MAX = PackFormat.PACK_BYTES_MAX;

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
        var size = store.stat(pack.key())
                .orElseThrow(() -> new StoreException.Missing("There is no pack " + pack))
                .size();
        return entries(store, pack, size);
    }

    /** The same for a pack of which the size is known: one request, two for one of very many chunks. */
    public static List<PackEntry> entries(ObjectStore store, PackName pack, long size) {
        checkSize(pack, size);
        var key = pack.key();
        var guess = (int) Math.min(size, TAIL_BYTES);
        var end = read(store, key, size - guess, guess);
        var tailBytes = tailBytes(pack, end, size);
        return entries(pack, tailBytes <= guess ? end : read(store, key, size - tailBytes, tailBytes), size);
    }

    /** The same of a pack that was read: from the buffer's position to its limit. */
    public static List<PackEntry> entries(PackName pack, ByteBuffer whole) {
        var size = whole.remaining();
        checkSize(pack, size);
        tailBytes(pack, whole.slice(), size);
        return entries(pack, whole.slice(), size);
    }

    /** Says what is wrong with the first bytes of a pack. */
    public static void checkHeader(PackName pack, ByteBuffer whole) {
        PackFormat.MAGIC.check(whole.getLong(whole.position()), "Pack " + pack);
    }

    private static void checkSize(PackName pack, long size) {
        if (size < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES || size > PackFormat.PACK_BYTES_MAX) {
            throw corrupt(pack, "it has %d bytes".formatted(size));
        }
    }

    /** How much footer and trailer have together, by the trailer that {@code end} ends with. */
    private static int tailBytes(PackName pack, ByteBuffer end, long size) {
        var trailer = end.slice(end.limit() - PackFormat.TRAILER_BYTES, PackFormat.TRAILER_BYTES);
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
        return tailBytes;
    }

    /** Reads the footer, and the trailer whose numbers were checked, that {@code end} ends with. */
    private static List<PackEntry> entries(PackName pack, ByteBuffer end, long size) {
        var trailer = end.slice(end.limit() - PackFormat.TRAILER_BYTES, PackFormat.TRAILER_BYTES);
        var count = trailer.getInt(0);
        var tailBytes = PackFormat.tailBytes(count);
        var tail = end.slice(end.limit() - tailBytes, tailBytes);
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

    /**
     * What is left of a footer that is broken, from {@code from} on: everything that could be the entry of a record that lies where
     * {@code lengths}, by offsets, says. It may name anything.
     */
    public static List<PackEntry> remnants(ByteBuffer whole, int from, Map<Integer, Integer> lengths) {
        var found = new ArrayList<PackEntry>();
        for (var at = from; at + PackFormat.ENTRY_BYTES <= whole.limit(); at++) {
            var length = lengths.get(whole.getInt(at + ChunkId.BYTES));
            if (length != null && length == whole.getInt(at + ChunkId.BYTES + Integer.BYTES)) {
                found.add(PackFormat.readEntry(whole.slice(at, PackFormat.ENTRY_BYTES)));
            }
        }
        return found;
    }

    /** By its first record, which may be anything. Throws {@link StoreException.Corrupt} where there is none. */
    public static boolean isEncrypted(ObjectStore store, PackName pack) {
        var size = store.stat(pack.key()).map(ObjectStore.ObjectInfo::size).orElse(0L);
        checkSize(pack, size);
        return ChunkCodec.isEncrypted(
                read(store, pack.key(), PackFormat.HEADER_BYTES, PackFormat.TRAILER_BYTES)
                        .array(),
                0);
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
