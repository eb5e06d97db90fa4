package rok.index;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.zip.CRC32C;
import rok.format.Checksum;
import rok.pack.PackName;

/** Merges sorted entries into one segment; of entries for the same chunk the first source's wins. */
final class SegmentWriter {
    private final List<? extends EntrySource> sources;
    private final List<int[]> ordinals = new ArrayList<>();
    private final Map<PackName, Integer> packs = new HashMap<>();
    private final List<PackName> packOrder = new ArrayList<>();

    private SegmentWriter(List<? extends EntrySource> sources) {
        this.sources = sources;
        for (var source : sources) {
            ordinals.add(ordinals(source));
        }
    }

    /** From the source's pack ordinals to those of the segment, for the packs that entries name. */
    private int[] ordinals(EntrySource source) {
        var used = new BitSet();
        for (var entry = 0; entry < source.size(); entry++) {
            used.set((int) (source.word(entry, 4) >>> 32));
        }
        var mapping = new int[used.length()];
        for (var i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
            mapping[i] = packs.computeIfAbsent(source.packs().get(i), name -> {
                packOrder.add(name);
                return packOrder.size() - 1;
            });
        }
        return mapping;
    }

    /** The segment's bytes, in a buffer from {@code allocate}, which is asked once for the most it may take. */
    static ByteBuffer write(List<? extends EntrySource> sources, IntFunction<ByteBuffer> allocate) {
        return new SegmentWriter(sources).write(allocate);
    }

    /** No chunk is listed by both at different places. */
    static boolean agree(EntrySource left, EntrySource right) {
        var l = 0;
        var r = 0;
        while (l < left.size() && r < right.size()) {
            var order = compare(left, l, right, r);
            if (order == 0 && !place(left, l).equals(place(right, r))) {
                return false;
            }
            l += order <= 0 ? 1 : 0;
            r += order >= 0 ? 1 : 0;
        }
        return true;
    }

    private static Location place(EntrySource source, int entry) {
        var place = source.word(entry, 4);
        var lengths = source.word(entry, 5);
        return new Location(
                source.packs().get((int) (place >>> 32)), (int) place, (int) (lengths >>> 32), (int) lengths);
    }

    /** Covers everything before the entries, but not the place of the checksum itself. */
    static int headerChecksum(ByteBuffer bytes, int entriesOffset) {
        var crc = new CRC32C();
        crc.update(bytes.slice(0, 20));
        crc.update(bytes.slice(IndexFormat.HEADER_BYTES, entriesOffset - IndexFormat.HEADER_BYTES));
        return (int) crc.getValue();
    }

    private ByteBuffer write(IntFunction<ByteBuffer> allocate) {
        var most = 0;
        for (var source : sources) {
            most = Math.addExact(most, source.size());
        }
        var bits = IndexFormat.fanOutBits(most);
        var entriesOffset = IndexFormat.entriesOffset(packOrder.size(), bits);
        var out = allocate.apply(entriesOffset + most * IndexFormat.ENTRY_BYTES);
        var count = merge(out.position(entriesOffset), bits, entriesOffset);
        out.flip().position(0);
        out.putLong(IndexFormat.MAGIC.value())
                .putInt(count)
                .putInt(packOrder.size())
                .putInt(bits);
        out.position(IndexFormat.HEADER_BYTES);
        for (var pack : packOrder) {
            out.putLong(pack.high()).putLong(pack.low());
        }
        out.putInt(20, headerChecksum(out, entriesOffset));
        return out.position(0);
    }

    /** Puts the entries and the fan-out that points into them; returns how many entries. */
    private int merge(ByteBuffer out, int bits, int entriesOffset) {
        var fanOut = entriesOffset - (IndexFormat.FAN_OUT_BYTES << bits);
        var slots = 1 << bits;
        var count = 0;
        var slot = 0;
        var slotStart = 0;
        for (var heads = new Heads(sources); ; heads.next()) {
            var last = heads.isEmpty() ? slots : IndexFormat.slot(heads.firstWord(), bits);
            for (; slot < last; slot++) {
                out.putInt(fanOut + slot * IndexFormat.FAN_OUT_BYTES, count);
                var start = entriesOffset + slotStart * IndexFormat.ENTRY_BYTES;
                out.putInt(
                        fanOut + slot * IndexFormat.FAN_OUT_BYTES + 4,
                        Checksum.of(out.duplicate().clear(), start, (count - slotStart) * IndexFormat.ENTRY_BYTES));
                slotStart = count;
            }
            if (heads.isEmpty()) {
                return count;
            }
            put(heads.source(), heads.entry(), out);
            count++;
        }
    }

    private void put(int from, int entry, ByteBuffer out) {
        var source = sources.get(from);
        for (var word = 0; word < 4; word++) {
            out.putLong(source.word(entry, word));
        }
        var place = source.word(entry, 4);
        out.putInt(ordinals.get(from)[(int) (place >>> 32)]).putInt((int) place);
        out.putLong(source.word(entry, 5));
    }

    /** Compares ids. */
    static int compare(EntrySource left, int leftEntry, EntrySource right, int rightEntry) {
        for (var word = 0; word < 4; word++) {
            var order = Long.compareUnsigned(left.word(leftEntry, word), right.word(rightEntry, word));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
