package rok.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.function.IntConsumer;
import rok.chunk.ChunkId;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.pack.PackName;

/**
 * One sorted segment of the index, over a buffer that is usually mapped: opening reads the header and the fan-out, a
 * look-up one slot's entries, whose checksum is compared the first time. Safe for use by many threads.
 */
public final class IndexSegment implements EntrySource {
    private static final int GENERATION_DIGITS_MAX = 12;
    /** So close to where it should lie, ids being evenly spread, a look-up begins: each step away touches other memory. */
    private static final int GUESS_ENTRIES = 4;

    private final ObjectKey key;
    private final long generation;
    private final ByteBuffer bytes;
    private final int count;
    private final int fanOutBits;
    private final int fanOutOffset;
    private final int entriesOffset;
    private final List<PackName> packs;
    /** The first slot that has entries, and the last one. */
    private final int firstSlot;

    private final int lastSlot;
    /** Slots whose checksum was right. Racing threads at worst check one twice. */
    private final boolean[] checkedSlots;

    /** Reads a segment; {@link StoreException.Corrupt} if header, pack names or fan-out are damaged. */
    public IndexSegment(ObjectKey key, ByteBuffer content) {
        this.key = key;
        this.generation = generation(key);
        this.bytes = content.slice().order(ByteOrder.BIG_ENDIAN);
        if (bytes.limit() < IndexFormat.HEADER_BYTES) {
            throw corrupt("it has %d bytes".formatted(bytes.limit()));
        }
        IndexFormat.MAGIC.check(bytes.getLong(0), "Index segment " + key);
        this.count = bytes.getInt(8);
        var packCount = bytes.getInt(12);
        this.fanOutBits = bytes.getInt(16);
        if (count < 1
                || count > IndexFormat.ENTRIES_MAX
                || packCount < 1
                || packCount > IndexFormat.PACKS_MAX
                || fanOutBits < 0
                || fanOutBits > IndexFormat.FAN_OUT_BITS_MAX) {
            throw corrupt("%d chunks in %d packs, a fan-out of %d bits".formatted(count, packCount, fanOutBits));
        }
        this.fanOutOffset = IndexFormat.HEADER_BYTES + packCount * PackName.BYTES;
        this.entriesOffset = IndexFormat.entriesOffset(packCount, fanOutBits);
        var expected = entriesOffset + (long) count * IndexFormat.ENTRY_BYTES;
        if (bytes.limit() != expected) {
            throw corrupt("it has %d bytes instead of %d".formatted(bytes.limit(), expected));
        }
        var computed = SegmentWriter.headerChecksum(bytes, entriesOffset);
        if (bytes.getInt(20) != computed) {
            throw corrupt("its header's checksum is %08x, computed %08x".formatted(bytes.getInt(20), computed));
        }
        var listed = slotEnd((1 << fanOutBits) - 1);
        if (listed != count) {
            throw corrupt("its fan-out leads to %d of %d chunks".formatted(listed, count));
        }
        this.packs = new Packs(packCount);
        this.checkedSlots = new boolean[1 << fanOutBits];
        this.firstSlot = slotThatReaches(1);
        this.lastSlot = slotThatReaches(count);
    }

    public ObjectKey key() {
        return key;
    }

    /**
     * The epoch that its writer knew as the newest, which its key tells; -1, older than all, for a key that tells none.
     */
    public long generation() {
        return generation;
    }

    private static long generation(ObjectKey key) {
        var segments = key.value().split("/", -1);
        var digits = segments.length == 3 ? segments[1] : "";
        return !digits.isEmpty()
                        && digits.length() <= GENERATION_DIGITS_MAX
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Long.parseLong(digits)
                : -1;
    }

    /** How many chunks it lists. */
    @Override
    public int size() {
        return count;
    }

    /** The chunk is listed here. {@link StoreException.Corrupt} if its slot is damaged. */
    public boolean contains(ChunkId id) {
        return find(id) >= 0;
    }

    /** Where the chunk lies, if it is listed here. {@link StoreException.Corrupt} if its slot is damaged. */
    public Optional<Location> locate(ChunkId id) {
        var entry = find(id);
        return entry < 0 ? Optional.empty() : Optional.of(location(entry));
    }

    /** Where the chunk of an entry lies, whose slot must have been checked. */
    public Location location(int entry) {
        var at = entriesOffset + entry * IndexFormat.ENTRY_BYTES + ChunkId.BYTES;
        return new Location(
                packs.get(bytes.getInt(at)), bytes.getInt(at + 4), bytes.getInt(at + 8), bytes.getInt(at + 12));
    }

    /** The number in {@link #packs} of the pack of an entry, whose slot must have been checked. */
    public int packOrdinal(int entry) {
        return bytes.getInt(entriesOffset + entry * IndexFormat.ENTRY_BYTES + ChunkId.BYTES);
    }

    /** The length in bytes of the record of an entry, whose slot must have been checked. */
    public int recordBytes(int entry) {
        return bytes.getInt(entriesOffset + entry * IndexFormat.ENTRY_BYTES + ChunkId.BYTES + 8);
    }

    @Override
    public List<PackName> packs() {
        return packs;
    }

    @Override
    public long word(int entry, int word) {
        return bytes.getLong(entriesOffset + entry * IndexFormat.ENTRY_BYTES + word * Long.BYTES);
    }

    /** The chunk of an entry, from 0 to {@link #size}. */
    public ChunkId id(int entry) {
        return new ChunkId(word(entry, 0), word(entry, 1), word(entry, 2), word(entry, 3));
    }

    /** The first entry whose id is not less than this one; the size where there is none. Compares no checksum. */
    public int ceiling(ChunkId id) {
        var low = 0;
        var high = count;
        while (low < high) {
            var middle = (low + high) >>> 1;
            if (compare(middle, id) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Calls with each entry whose slot is whole, in order. */
    public void forEach(IntConsumer action) {
        for (var slot = 0; slot < checkedSlots.length; slot++) {
            if (problem(slot).isEmpty()) {
                for (var entry = slotStart(slot); entry < slotEnd(slot); entry++) {
                    action.accept(entry);
                }
            }
        }
    }

    /** What is wrong with its slots, in users' words, {@code max} lines at most; empty for a segment that is whole. */
    public List<String> problems(int max) {
        var found = new ArrayList<String>();
        for (var slot = 0; slot < checkedSlots.length && found.size() < max; slot++) {
            problem(slot).ifPresent(found::add);
        }
        return found;
    }

    private Optional<String> problem(int slot) {
        try {
            check(slot, slotStart(slot), slotEnd(slot));
            return Optional.empty();
        } catch (StoreException.Corrupt e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The checksum that covers, through those of the slots, every byte: segments that say the same have the same. */
    public int checksum() {
        return bytes.getInt(20);
    }

    /** Compares every checksum, as a merge must before it takes the entries over. */
    public void check() {
        for (var slot = 0; slot < checkedSlots.length; slot++) {
            check(slot, slotStart(slot), slotEnd(slot));
        }
    }

    /** The number of the chunk's entry, from 0; negative if it is not listed here. As {@link #contains} otherwise. */
    public int find(ChunkId id) {
        var slot = IndexFormat.slot(id.a(), fanOutBits);
        if (slot < firstSlot || slot > lastSlot) {
            return -1;
        }
        var low = slotStart(slot);
        var high = slotEnd(slot);
        check(slot, low, high);
        if (high - low > 2 * GUESS_ENTRIES) {
            var guess = low + (int) Math.unsignedMultiplyHigh(id.a() << fanOutBits, high - low);
            var reach = GUESS_ENTRIES;
            if (compare(guess, id) < 0) {
                // All up to low are less
                for (low = guess; low + reach < high && compare(low + reach, id) < 0; reach *= 2) {
                    low += reach;
                }
                high = Math.min(high, low + reach + 1);
            } else {
                // None from high on is less
                for (high = guess + 1; high - reach > low && compare(high - reach, id) >= 0; reach *= 2) {
                    high = high - reach + 1;
                }
                low = Math.max(low, high - reach);
            }
        }
        return search(id, low, high);
    }

    private int search(ChunkId id, int from, int to) {
        var low = from;
        var high = to;
        while (low < high) {
            var middle = (low + high) >>> 1;
            var order = compare(middle, id);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return -1;
    }

    private int compare(int entry, ChunkId id) {
        var at = entriesOffset + entry * IndexFormat.ENTRY_BYTES;
        var order = Long.compareUnsigned(bytes.getLong(at), id.a());
        if (order != 0) {
            return order;
        }
        order = Long.compareUnsigned(bytes.getLong(at + 8), id.b());
        if (order != 0) {
            return order;
        }
        order = Long.compareUnsigned(bytes.getLong(at + 16), id.c());
        return order != 0 ? order : Long.compareUnsigned(bytes.getLong(at + 24), id.d());
    }

    private int slotStart(int slot) {
        return slot == 0 ? 0 : slotEnd(slot - 1);
    }

    private int slotEnd(int slot) {
        return bytes.getInt(fanOutOffset + slot * IndexFormat.FAN_OUT_BYTES);
    }

    private void check(int slot, int start, int end) {
        if (checkedSlots[slot]) {
            return;
        }
        if (start < 0 || start > end || end > count) {
            throw corrupt("slot %d of its fan-out spans entries %d to %d".formatted(slot, start, end));
        }
        var stored = bytes.getInt(fanOutOffset + slot * IndexFormat.FAN_OUT_BYTES + 4);
        var computed = Checksum.of(
                bytes, entriesOffset + start * IndexFormat.ENTRY_BYTES, (end - start) * IndexFormat.ENTRY_BYTES);
        if (stored != computed) {
            throw corrupt("the checksum of its entries %d to %d is %08x, computed %08x"
                    .formatted(start, end, stored, computed));
        }
        for (var entry = start; entry < end; entry++) {
            var pack = bytes.getInt(entriesOffset + entry * IndexFormat.ENTRY_BYTES + ChunkId.BYTES);
            if (pack < 0 || pack >= packs.size()) {
                throw corrupt("its entry %d names pack %d of %d".formatted(entry, pack, packs.size()));
            }
        }
        checkedSlots[slot] = true;
    }

    /** The first slot with which so many entries are listed: what the fan-out says, which need not ascend. */
    private int slotThatReaches(int entries) {
        var slot = 0;
        while (slotEnd(slot) < entries) {
            slot++;
        }
        return slot;
    }

    /** The names as they lie there: gc holds segments that list hundreds of thousands of packs each. */
    private final class Packs extends AbstractList<PackName> implements RandomAccess {
        private final int size;

        Packs(int size) {
            this.size = size;
        }

        @Override
        public PackName get(int pack) {
            var at = IndexFormat.HEADER_BYTES + Objects.checkIndex(pack, size) * PackName.BYTES;
            return new PackName(bytes.getLong(at), bytes.getLong(at + 8));
        }

        @Override
        public int size() {
            return size;
        }
    }

    private StoreException.Corrupt corrupt(String problem) {
        return new StoreException.Corrupt("Index segment %s is corrupt: %s".formatted(key, problem));
    }
}
