package rok.index;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import rok.chunk.ChunkId;
import rok.pack.PackEntry;
import rok.pack.PackName;

/**
 * The chunks that a writer's session has taken and no index segment lists yet: each is claimed by the first that writes
 * it, gets a place when its pack is sealed, becomes listable when that pack is durable, and is forgotten once a segment
 * lists it. Flat arrays, no object per chunk. Safe for use by many threads.
 */
public final class SessionIndex {
    private static final int BLOCK_ENTRIES = 4096;
    private static final int START_SLOTS = 1 << 12;

    private final List<PackName> packs = new ArrayList<>();
    private final BitSet durable = new BitSet();
    /** Entries of {@link IndexFormat#ENTRY_WORDS} words; the last word is 0 until the entry has a place. */
    private final List<long[]> blocks = new ArrayList<>();

    private int[] slots = new int[START_SLOTS];
    private int count;

    /** Takes the chunk for the caller, who must then store it; false if somebody has it already. */
    public synchronized boolean claim(ChunkId id) {
        var slot = slot(id.a(), id.b(), id.c(), id.d());
        if (slots[slot] != 0) {
            return false;
        }
        append(slot, id.a(), id.b(), id.c(), id.d(), 0, 0);
        return true;
    }

    public synchronized boolean contains(ChunkId id) {
        return slots[slot(id.a(), id.b(), id.c(), id.d())] != 0;
    }

    public synchronized int size() {
        return count;
    }

    /** Gives claimed chunks their place in a pack; returns the pack's ordinal. */
    public synchronized int place(PackName pack, List<PackEntry> entries) {
        var ordinal = packs.size();
        packs.add(pack);
        for (var entry : entries) {
            var id = entry.id();
            var found = slots[slot(id.a(), id.b(), id.c(), id.d())];
            if (found == 0) {
                throw new IllegalStateException("Chunk %s was not claimed".formatted(id));
            }
            set(found - 1, 4, (long) ordinal << 32 | entry.offset());
            set(found - 1, 5, (long) entry.length() << 32 | entry.plainLength());
        }
        return ordinal;
    }

    /** From now on the chunks of this pack may be listed. */
    public synchronized void setDurable(int ordinal) {
        durable.set(ordinal);
    }

    /** What may be listed now. */
    public synchronized Listable listable() {
        var order = new long[count];
        var found = 0;
        for (var entry = 0; entry < count; entry++) {
            if (word(entry, 5) != 0 && durable.get((int) (word(entry, 4) >>> 32))) {
                // 32 bits of the id, then the entry, in an order that the sign does not spoil.
                order[found++] = ((word(entry, 0) ^ Long.MIN_VALUE) & 0xffff_ffff_0000_0000L) | entry;
            }
        }
        Arrays.sort(order, 0, found);
        var words = new long[found * IndexFormat.ENTRY_WORDS];
        for (var i = 0; i < found; i++) {
            copy((int) order[i], words, i);
        }
        sortTies(words, found);
        return new Listable(words, List.copyOf(packs), (BitSet) durable.clone());
    }

    /** Lets go of what a segment lists now. */
    public synchronized void forget(Listable listed) {
        var keptBlocks = new ArrayList<>(blocks);
        var keptCount = count;
        blocks.clear();
        count = 0;
        slots = new int[START_SLOTS];
        for (var entry = 0; entry < keptCount; entry++) {
            var words = keptBlocks.get(entry / BLOCK_ENTRIES);
            var at = entry % BLOCK_ENTRIES * IndexFormat.ENTRY_WORDS;
            var placed = words[at + 5] != 0;
            if (!placed || !listed.durable.get((int) (words[at + 4] >>> 32))) {
                var slot = slot(words[at], words[at + 1], words[at + 2], words[at + 3]);
                append(slot, words[at], words[at + 1], words[at + 2], words[at + 3], words[at + 4], words[at + 5]);
            }
        }
    }

    private static void sortTies(long[] words, int entries) {
        for (var i = 1; i < entries; i++) {
            for (var j = i; j > 0 && compare(words, j - 1, j) > 0; j--) {
                for (var word = 0; word < IndexFormat.ENTRY_WORDS; word++) {
                    var low = (j - 1) * IndexFormat.ENTRY_WORDS + word;
                    var swapped = words[low];
                    words[low] = words[low + IndexFormat.ENTRY_WORDS];
                    words[low + IndexFormat.ENTRY_WORDS] = swapped;
                }
            }
        }
    }

    private static int compare(long[] words, int left, int right) {
        for (var word = 0; word < 4; word++) {
            var order = Long.compareUnsigned(
                    words[left * IndexFormat.ENTRY_WORDS + word], words[right * IndexFormat.ENTRY_WORDS + word]);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private void append(int slot, long a, long b, long c, long d, long place, long lengths) {
        if (count % BLOCK_ENTRIES == 0) {
            blocks.add(new long[BLOCK_ENTRIES * IndexFormat.ENTRY_WORDS]);
        }
        var words = blocks.get(count / BLOCK_ENTRIES);
        var at = count % BLOCK_ENTRIES * IndexFormat.ENTRY_WORDS;
        words[at] = a;
        words[at + 1] = b;
        words[at + 2] = c;
        words[at + 3] = d;
        words[at + 4] = place;
        words[at + 5] = lengths;
        count++;
        slots[slot] = count;
        if (count > slots.length / 2) {
            grow();
        }
    }

    private void grow() {
        slots = new int[2 * slots.length];
        for (var entry = 0; entry < count; entry++) {
            slots[slot(word(entry, 0), word(entry, 1), word(entry, 2), word(entry, 3))] = entry + 1;
        }
    }

    /** Where the id is, or the free slot where it belongs. */
    private int slot(long a, long b, long c, long d) {
        var mask = slots.length - 1;
        for (var slot = (int) a & mask; ; slot = (slot + 1) & mask) {
            var entry = slots[slot] - 1;
            if (entry < 0
                    || (word(entry, 0) == a && word(entry, 1) == b && word(entry, 2) == c && word(entry, 3) == d)) {
                return slot;
            }
        }
    }

    private long word(int entry, int word) {
        return blocks.get(entry / BLOCK_ENTRIES)[entry % BLOCK_ENTRIES * IndexFormat.ENTRY_WORDS + word];
    }

    private void set(int entry, int word, long value) {
        blocks.get(entry / BLOCK_ENTRIES)[entry % BLOCK_ENTRIES * IndexFormat.ENTRY_WORDS + word] = value;
    }

    private void copy(int entry, long[] into, int at) {
        System.arraycopy(
                blocks.get(entry / BLOCK_ENTRIES),
                entry % BLOCK_ENTRIES * IndexFormat.ENTRY_WORDS,
                into,
                at * IndexFormat.ENTRY_WORDS,
                IndexFormat.ENTRY_WORDS);
    }

    /** Chunks whose packs are durable, sorted: what the next segment lists. */
    public static final class Listable implements EntrySource {
        private final long[] words;
        private final List<PackName> packs;
        private final BitSet durable;

        private Listable(long[] words, List<PackName> packs, BitSet durable) {
            this.words = words;
            this.packs = packs;
            this.durable = durable;
        }

        @Override
        public int size() {
            return words.length / IndexFormat.ENTRY_WORDS;
        }

        @Override
        public long word(int entry, int word) {
            return words[entry * IndexFormat.ENTRY_WORDS + word];
        }

        @Override
        public List<PackName> packs() {
            return packs;
        }

        /**
         * Those segments that can be merged with these chunks and with each other so that no place of a chunk is lost: where
         * two list a chunk at different places, the later one is left out. gc counts on places that it found.
         */
        public List<IndexSegment> mergeable(List<IndexSegment> candidates) {
            var taken = new ArrayList<EntrySource>(List.of(this));
            var mergeable = new ArrayList<IndexSegment>();
            for (var candidate : candidates) {
                if (taken.stream().allMatch(other -> SegmentWriter.agree(other, candidate))) {
                    taken.add(candidate);
                    mergeable.add(candidate);
                }
            }
            return mergeable;
        }

        /** A segment of these and of everything in {@code merged}. */
        public ByteBuffer segment(List<IndexSegment> merged, IntFunction<ByteBuffer> allocate) {
            var sources = new ArrayList<EntrySource>();
            sources.add(this);
            sources.addAll(merged);
            return SegmentWriter.write(sources, allocate);
        }
    }
}
