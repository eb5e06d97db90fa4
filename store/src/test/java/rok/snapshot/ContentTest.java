package rok.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.format.StoreException;

class ContentTest {
    private static final long TIB = 1L << 40;

    private final MemoryChunks chunks = new MemoryChunks();

    @Test
    void whatWasWrittenIsReadBackFromAnyOffset() throws IOException {
        var seed = 7L;
        var random = new Random(seed);
        for (var length : new int[] {0, 1, 4095, 16_384, 65_536, 300_000, 3_000_000}) {
            var bytes = new byte[length];
            random.nextBytes(bytes);
            var writer = new ContentWriter(chunks.lane());
            for (var at = 0; at < length; ) {
                var piece = Math.min(length - at, 1 + random.nextInt(100_000));
                writer.write(bytes, at, piece);
                at += piece;
            }
            var content = writer.finish();
            assertThat(content.length()).isEqualTo(length);
            var input = new ContentInput(chunks, content);
            assertThat(input.readAllBytes()).as("seed %d", seed).isEqualTo(bytes);
            for (var i = 0; i < 50 && length > 0; i++) {
                var at = random.nextInt(length);
                input.seek(at);
                assertThat(input.read()).isEqualTo(bytes[at] & 0xff);
            }
        }
    }

    @Test
    void holesReadAsZerosAndTakeNoChunks() throws IOException {
        var data = chunks.add(new byte[] {1, 2, 3});
        var builder = new ContentBuilder(chunks.lane());
        builder.hole(100L << 30);
        builder.chunk(data, 3);
        builder.hole(5);
        builder.hole(6);
        var content = builder.finish();
        assertThat(content.length()).isEqualTo((100L << 30) + 14);
        var input = new ContentInput(chunks, content);
        input.seek((100L << 30) - 1);
        assertThat(input.readAllBytes()).isEqualTo(new byte[] {0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertThat(chunks.chunks).hasSize(2);
        assertThat(new Extents(chunks, content, 0))
                .toIterable()
                .extracting(Extent::length)
                .containsExactly(100L << 30, 3L, 11L);
    }

    @Test
    void aHoleAloneHasNoChunk() {
        var builder = new ContentBuilder(chunks.lane());
        builder.hole(TIB);
        var content = builder.finish();
        assertThat(content).isEqualTo(new Content(TIB, 0, Content.NONE));
        assertThat(new Extents(chunks, content, 5)).toIterable().containsExactly(Extent.hole(0, TIB));
        assertThat(chunks.chunks).isEmpty();
    }

    /** 16 Mi items of 64 KiB, all of them one of 1,024 chunks. */
    @Test
    void aTebibyteIsThreeListsDeepAndReadAnywhere() {
        var ids = new ArrayList<ChunkId>();
        for (var i = 0; i < 1024; i++) {
            var bytes = new byte[65_536];
            ByteBuffer.wrap(bytes).putInt(i);
            ids.add(chunks.add(bytes));
        }
        var builder = new ContentBuilder(chunks.lane());
        for (var i = 0L; i < TIB / 65_536; i++) {
            builder.chunk(ids.get(pick(i)), 65_536);
        }
        var content = builder.finish();
        assertThat(content.length()).isEqualTo(TIB);
        assertThat(content.depth()).isBetween(2, 4);
        var random = new Random(3);
        for (var n = 0; n < 100; n++) {
            var offset = random.nextLong(TIB);
            var extent = new Extents(chunks, content, offset).next();
            assertThat(extent.offset()).isEqualTo(offset / 65_536 * 65_536);
            assertThat(extent.chunk()).isEqualTo(ids.get(pick(offset / 65_536)));
        }
    }

    private static int pick(long i) {
        return (int) ((i * 0x9e3779b97f4a7c15L) >>> 54);
    }

    @Test
    void listsBehindAnInsertionAreShared() {
        var random = new Random(11);
        var items = new ArrayList<ChunkId>();
        for (var i = 0; i < 20_000; i++) {
            items.add(new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
        }
        var before = lists(items);
        items.add(10, new ChunkId(1, 2, 3, 4));
        var after = lists(items);
        after.removeAll(before);
        assertThat(before.size()).isGreaterThan(10);
        assertThat(after.size()).isLessThanOrEqualTo(3);
    }

    private static Set<ChunkId> lists(Iterable<ChunkId> items) {
        var store = new MemoryChunks();
        var builder = new ContentBuilder(store.lane());
        for (var id : items) {
            builder.chunk(id, 1000);
        }
        builder.finish();
        return new HashSet<>(store.chunks.keySet());
    }

    @Test
    void aDamagedListIsNamedWithItsPosition() {
        var id = new ChunkId(9, 9, 9, 9);
        var good = list(1, 10, id, 20, Content.NONE);
        assertThat(extents(good, 30)).hasSize(2);
        expectCorrupt(good, 31, "sum");
        expectCorrupt(good, 29, "the length of an item");
        expectCorrupt(list(2, 10, id, 20, Content.NONE), 30, "depth");
        expectCorrupt(list(1, 300_000, id, 20, Content.NONE), 300_020, "the length of a data chunk");
        expectCorrupt(list(1, 10, Content.NONE, 20, Content.NONE), 30, "a hole after a hole");
        expectCorrupt(list(1, -10, id, 40, Content.NONE), 30, "the length of an item");
        var wrong = good.clone();
        wrong[7] = 3;
        expectCorrupt(wrong, 30, "number of items");
        var magic = good.clone();
        magic[0] = 'X';
        expectCorrupt(magic, 30, "no list");
    }

    private static byte[] list(int depth, long firstLength, ChunkId first, long secondLength, ChunkId second) {
        var out = ByteBuffer.allocate(88).putInt(ChunkList.MAGIC).put((byte) 1).put((byte) depth);
        out.putShort((short) 2).putLong(firstLength);
        first.write(out);
        out.putLong(secondLength);
        second.write(out);
        return out.array();
    }

    private Iterable<Extent> extents(byte[] list, long length) {
        var found = new ArrayList<Extent>();
        new Extents(chunks, new Content(length, 1, chunks.add(list)), 0).forEachRemaining(found::add);
        return found;
    }

    private void expectCorrupt(byte[] list, long length, String what) {
        assertThatThrownBy(() -> extents(list, length))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining(chunks.add(list).toString())
                .hasMessageContaining(what);
    }
}
