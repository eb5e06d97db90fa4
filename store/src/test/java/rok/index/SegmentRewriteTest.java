package rok.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.object.ObjectKey;
import rok.pack.PackEntry;
import rok.pack.PackName;

class SegmentRewriteTest {
    private static final ObjectKey KEY = new ObjectKey("index/0/test");
    private final Random random = new Random(29);
    private final List<PackName> packs = new ArrayList<>();
    private final Map<ChunkId, PackName> expected = new HashMap<>();

    @Test
    void partsTogetherHoldWhatStaysAndNothingElse() {
        var sources = List.of(segment(700), segment(40), segment(1));
        var gone = packs.get(1);
        expected.values().removeIf(gone::equals);
        var rewrite = new SegmentRewrite(sources, pack -> !pack.equals(gone), 64);
        assertThat(rewrite.parts()).isEqualTo(16);
        var found = new HashMap<ChunkId, PackName>();
        for (var part = 0; part < rewrite.parts(); part++) {
            rewrite.part(part, ByteBuffer::allocate).ifPresent(content -> {
                var segment = new IndexSegment(KEY, content);
                segment.check();
                for (var i = 0; i < segment.size(); i++) {
                    var id =
                            new ChunkId(segment.word(i, 0), segment.word(i, 1), segment.word(i, 2), segment.word(i, 3));
                    assertThat(found.put(id, segment.locate(id).orElseThrow().pack()))
                            .isNull();
                }
            });
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void nothingStaysOfPacksThatAreAllGone() {
        var rewrite = new SegmentRewrite(List.of(segment(10)), _ -> false);
        assertThat(rewrite.parts()).isEqualTo(1);
        assertThat(rewrite.part(0, ByteBuffer::allocate)).isEmpty();
    }

    @Test
    void ofAChunkInTwoPacksTheOneThatStaysIsKept() {
        var id = new ChunkId(1, 2, 3, 4);
        var sources = List.of(segment(List.of(id)), segment(List.of(id)));
        var gone = packs.getFirst();
        var part = new SegmentRewrite(sources, pack -> !pack.equals(gone)).part(0, ByteBuffer::allocate);
        var found = new IndexSegment(KEY, part.orElseThrow()).locate(id);
        assertThat(found.orElseThrow().pack()).isEqualTo(packs.get(1));
    }

    private IndexSegment segment(int chunks) {
        var ids = new ArrayList<ChunkId>();
        for (var i = 0; i < chunks; i++) {
            ids.add(new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
        }
        return segment(ids);
    }

    /** In a pack of its own. */
    private IndexSegment segment(List<ChunkId> ids) {
        var session = new SessionIndex();
        var pack = PackName.random(random);
        packs.add(pack);
        var entries = new ArrayList<PackEntry>();
        for (var id : ids) {
            session.claim(id);
            entries.add(new PackEntry(id, 8 + entries.size() * 100, 100, 200));
            expected.put(id, pack);
        }
        session.setDurable(session.place(pack, entries));
        return new IndexSegment(KEY, session.listable().segment(List.of(), ByteBuffer::allocate));
    }
}
