package rok.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.object.ObjectKey;
import rok.pack.PackEntry;
import rok.pack.PackName;

class SegmentGuideTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void itNamesEverySegmentThatListsAChunkInTheirOrder() {
        var ids = ids(3000);
        var segments = new ArrayList<IndexSegment>();
        for (var i = 0; i < 20; i++) {
            // Some chunks stand in several segments
            segments.add(segment(ids.subList(i * 100, i * 100 + 50 + random.nextInt(1000))));
        }
        var guide = new SegmentGuide(segments);
        var askedInVain = 0;
        for (var id : ids) {
            var listing = new ArrayList<Integer>();
            var asked = 0;
            for (var i = guide.next(id, 0); i >= 0; i = guide.next(id, i + 1)) {
                asked++;
                if (segments.get(i).contains(id)) {
                    listing.add(i);
                }
            }
            var expected = new ArrayList<Integer>();
            for (var i = 0; i < segments.size(); i++) {
                if (segments.get(i).contains(id)) {
                    expected.add(i);
                }
            }
            assertThat(listing).as("seed %d", seed).isEqualTo(expected);
            askedInVain += asked - expected.size();
        }
        // Who shares its bits with a chunk of ten segments asks ten in vain: of all, that is one in twenty
        assertThat(askedInVain).as("seed %d", seed).isLessThan(ids.size() / 5);
    }

    @Test
    void itNamesNoneWhereThereIsNone() {
        assertThat(new SegmentGuide(List.of()).next(ids(1).getFirst(), 0)).isNegative();
    }

    /** As after gc, and with ids that are not spread as hashes are. */
    @Test
    void segmentsWithMuchInASlotFindAllAndNothingElse() {
        var ids = new ArrayList<ChunkId>();
        for (var id : ids(3000)) {
            ids.add(new ChunkId(id.a() >>> 40, id.b(), id.c(), id.d()));
            ids.add(new ChunkId((id.a() & 0x00ff_ffff_ffff_ffffL) | 0x4200_0000_0000_0000L, id.b(), id.c(), 1));
            ids.add(new ChunkId(-1L - random.nextInt(3), id.b(), id.c(), 2));
        }
        var segment = segment(ids);
        assertThat(segment.size()).isEqualTo(ids.size());
        for (var id : ids) {
            assertThat(segment.id(segment.find(id))).as("seed %d", seed).isEqualTo(id);
            assertThat(segment.find(new ChunkId(id.a(), id.b(), id.c(), 3)))
                    .as("seed %d", seed)
                    .isNegative();
        }
        for (var id : ids(1000)) {
            assertThat(segment.find(id)).as("seed %d", seed).isNegative();
        }
        for (var id : List.of(new ChunkId(0, 0, 0, 0), new ChunkId(-1, -1, -1, -1))) {
            assertThat(segment.find(id)).as("seed %d", seed).isNegative();
        }
    }

    private List<ChunkId> ids(int count) {
        var ids = new ArrayList<ChunkId>();
        for (var i = 0; i < count; i++) {
            ids.add(new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
        }
        return ids;
    }

    private IndexSegment segment(List<ChunkId> ids) {
        var session = new SessionIndex();
        var entries = new ArrayList<PackEntry>();
        for (var id : ids) {
            if (session.claim(id)) {
                entries.add(new PackEntry(id, 8 + entries.size() * 100, 100, 200));
            }
        }
        session.setDurable(session.place(PackName.random(random), entries));
        return new IndexSegment(
                new ObjectKey("index/0/test"), session.listable().segment(List.of(), ByteBuffer::allocate));
    }
}
