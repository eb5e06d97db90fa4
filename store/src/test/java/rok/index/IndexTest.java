package rok.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.pack.PackEntry;
import rok.pack.PackName;

class IndexTest {
    private static final ObjectKey KEY = new ObjectKey("index/0/test");

    @Test
    void aSegmentAgreesWithAMap() {
        var seed = System.nanoTime();
        for (var size : new int[] {1, 2, 31, 33, 1000, 60_000}) {
            var expected = new HashMap<ChunkId, Location>();
            var segment = segment(session(seed + size, size, expected), List.of());
            assertThat(segment.size()).isEqualTo(size);
            expected.forEach((id, location) ->
                    assertThat(segment.locate(id)).as("seed %d", seed).contains(location));
            var random = new Random(seed);
            for (var i = 0; i < 1000; i++) {
                assertThat(segment.contains(id(random))).isFalse();
            }
            segment.check();
        }
    }

    @Test
    void idsThatShareTheirFirstWordsAreToldApart() {
        var session = new SessionIndex();
        var entries = new ArrayList<PackEntry>();
        for (var i = 0; i < 500; i++) {
            var id = new ChunkId(7L << 60, -1, i % 2 == 0 ? -i : i, 5 - i);
            assertThat(session.claim(id)).isTrue();
            entries.add(new PackEntry(id, 100 * i + 8, 50, 40));
        }
        session.setDurable(session.place(new PackName(1, 1), entries));
        var segment = segment(session.listable(), List.of());
        for (var entry : entries) {
            assertThat(segment.locate(entry.id()).orElseThrow().offset()).isEqualTo(entry.offset());
        }
        assertThat(segment.contains(new ChunkId(7L << 60, -1, 1, 5))).isFalse();
    }

    @Test
    void mergingKeepsEverythingOnce() {
        var expected = new HashMap<ChunkId, Location>();
        var first = segment(session(1, 5000, expected), List.of());
        var second = segment(session(2, 300, expected), List.of());
        var again = segment(session(1, 5000, new HashMap<>()), List.of());
        var merged = segment(session(3, 70, expected), List.of(first, second, again));
        assertThat(merged.size()).isEqualTo(expected.size());
        expected.forEach((id, location) -> assertThat(merged.contains(id)).isTrue());
        var last = ChunkId.parse("00".repeat(32));
        for (var i = 0; i < merged.size(); i++) {
            var id = new ChunkId(merged.word(i, 0), merged.word(i, 1), merged.word(i, 2), merged.word(i, 3));
            assertThat(id).isGreaterThan(last);
            last = id;
        }
    }

    @Test
    void aSegmentThatListsAChunkElsewhereIsNotMerged() {
        var first = segment(session(1, 50, new HashMap<>()), List.of());
        var same = segment(session(1, 50, new HashMap<>()), List.of());
        var id = new ChunkId(first.word(7, 0), first.word(7, 1), first.word(7, 2), first.word(7, 3));
        var elsewhere = new SessionIndex();
        elsewhere.claim(id);
        elsewhere.setDurable(elsewhere.place(new PackName(5, 5), List.of(new PackEntry(id, 8, 20, 8))));
        var other = segment(session(2, 10, new HashMap<>()), List.of());
        var candidates = List.of(segment(elsewhere.listable(), List.of()), other, first, same);
        assertThat(session(3, 5, new HashMap<>()).mergeable(candidates)).containsExactly(candidates.get(0), other);
        assertThat(elsewhere.listable().mergeable(candidates)).containsExactly(candidates.get(0), other);
        assertThat(session(3, 5, new HashMap<>()).mergeable(List.of(first, same)))
                .containsExactly(first, same);
    }

    @Test
    void everyFlippedByteIsFoundAndNamesTheSegment() {
        var expected = new HashMap<ChunkId, Location>();
        var good = bytes(session(9, 70, expected), List.of());
        for (var at = 0; at < good.remaining(); at++) {
            var bad =
                    ByteBuffer.allocate(good.remaining()).put(good.duplicate()).flip();
            bad.put(at, (byte) (bad.get(at) ^ 4));
            assertThatThrownBy(() -> new IndexSegment(KEY, bad).check())
                    .as("byte %d", at)
                    .isInstanceOfAny(StoreException.Corrupt.class, StoreException.Incompatible.class)
                    .hasMessageContaining(KEY.value());
        }
        for (var length = 0; length < good.remaining(); length++) {
            var cut = good.slice(0, length);
            assertThatThrownBy(() -> new IndexSegment(KEY, cut)).isInstanceOf(StoreException.Corrupt.class);
        }
    }

    @Test
    void damageInOneSlotLeavesTheOthersUsable() {
        var expected = new HashMap<ChunkId, Location>();
        var bytes = bytes(session(10, 5000, expected), List.of());
        bytes.put(bytes.limit() - 1, (byte) ~bytes.get(bytes.limit() - 1));
        var segment = new IndexSegment(KEY, bytes);
        var damaged = 0;
        for (var id : expected.keySet()) {
            try {
                assertThat(segment.contains(id)).isTrue();
            } catch (StoreException.Corrupt e) {
                damaged++;
            }
        }
        assertThat(damaged).isBetween(1, 100);
    }

    @Test
    void onlyDurablePacksAreListedAndOnlyTheyAreForgotten() {
        var session = new SessionIndex();
        var random = new Random(1);
        var durable = id(random);
        var placed = id(random);
        var claimed = id(random);
        assertThat(List.of(session.claim(durable), session.claim(placed), session.claim(claimed)))
                .containsOnly(true);
        assertThat(session.claim(durable)).isFalse();
        session.setDurable(session.place(new PackName(1, 1), List.of(new PackEntry(durable, 8, 20, 8))));
        session.place(new PackName(1, 2), List.of(new PackEntry(placed, 8, 20, 8)));
        var listable = session.listable();
        assertThat(listable.size()).isEqualTo(1);
        session.forget(listable);
        assertThat(session.size()).isEqualTo(2);
        assertThat(session.contains(durable)).isFalse();
        assertThat(session.contains(placed)).isTrue();
        assertThat(session.contains(claimed)).isTrue();
        assertThat(session.listable().size()).isZero();
    }

    private static SessionIndex.Listable session(long seed, int size, Map<ChunkId, Location> expected) {
        var random = new Random(seed);
        var session = new SessionIndex();
        for (var done = 0; done < size; ) {
            var pack = new PackName(random.nextLong(), random.nextLong());
            var entries = new ArrayList<PackEntry>();
            for (var offset = 8; done < size && offset < 8 + 300 * 100; offset += 100, done++) {
                var entry = new PackEntry(id(random), offset, 1 + random.nextInt(100), 1 + random.nextInt(1000));
                assertThat(session.claim(entry.id())).isTrue();
                entries.add(entry);
                expected.put(entry.id(), new Location(pack, entry.offset(), entry.length(), entry.plainLength()));
            }
            session.setDurable(session.place(pack, entries));
        }
        return session.listable();
    }

    private static IndexSegment segment(SessionIndex.Listable entries, List<IndexSegment> merged) {
        return new IndexSegment(KEY, bytes(entries, merged));
    }

    private static ByteBuffer bytes(SessionIndex.Listable entries, List<IndexSegment> merged) {
        return entries.segment(merged, ByteBuffer::allocateDirect);
    }

    private static ChunkId id(Random random) {
        return new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }
}
