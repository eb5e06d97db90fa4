package rok.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rok.chunk.ChunkId;
import rok.format.StoreException;

/** Lists that name ranges of chunks, and contents made of others. */
class RangesTest {
    private static final int PAGE = 16;

    private final MemoryChunks chunks = new MemoryChunks();

    @Test
    void rangesAreReadFromAnyOffset() throws IOException {
        var first = chunks.add(new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
        var second = chunks.add(new byte[] {10, 11, 12});
        var builder = new ContentBuilder(chunks.lane());
        builder.add(new Extent(0, 3, first, 2, 8));
        builder.add(new Extent(0, 2, second, 1, 3));
        builder.hole(2);
        builder.add(new Extent(0, 3, first, 5, 8));
        var content = builder.finish();
        assertThat(content.depth()).isEqualTo(1);
        var all = new byte[] {2, 3, 4, 11, 12, 0, 0, 5, 6, 7};
        for (var at = 0; at < all.length; at++) {
            var input = new ContentInput(chunks, content);
            input.seek(at);
            assertThat(input.readAllBytes()).isEqualTo(Arrays.copyOfRange(all, at, all.length));
        }
        assertThat(ContentParts.of(chunks, content))
                .extracting(part -> part.content().length())
                .containsExactly(8L, 3L, 2L, 8L);
    }

    @Test
    void whatGoesOnIsOneItemAndAWholeChunkNoRange() {
        var id = chunks.add(new byte[8]);
        var whole = new ContentBuilder(chunks.lane());
        whole.chunk(id, 8);
        whole.chunk(id, 8);
        var pieces = new ContentBuilder(chunks.lane());
        pieces.add(new Extent(0, 1, id, 0, 8));
        pieces.add(new Extent(0, 4, id, 1, 8));
        pieces.add(new Extent(0, 3, id, 5, 8));
        pieces.add(Extent.whole(0, 8, id));
        assertThat(pieces.finish()).isEqualTo(whole.finish());
    }

    @Test
    void aRangeAloneIsNoRoot() throws IOException {
        var id = chunks.add(new byte[] {1, 2, 3});
        var builder = new ContentBuilder(chunks.lane());
        builder.add(new Extent(0, 2, id, 1, 3));
        var content = builder.finish();
        assertThat(content.depth()).isEqualTo(1);
        assertThat(new ContentInput(chunks, content).readAllBytes()).isEqualTo(new byte[] {2, 3});
    }

    /** Against an array, with lists that are short enough for several depths of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 30, 3_000})
    void aContentWithChangesIsWhatWritingItAllAnewWouldBe(int changesMax) throws IOException {
        var seed = 20261129L + changesMax;
        var random = new Random(seed);
        var bytes = new byte[40_000 * PAGE];
        random.nextBytes(bytes);
        var content = written(bytes, random);
        for (var round = 0; round < 12; round++) {
            var length = bytes.length + (round % 4 == 3 ? random.nextInt(50) * PAGE : 0);
            var after = Arrays.copyOf(bytes, length);
            var changes = changes(after, changesMax, random);
            content = new ContentEdit(chunks, chunks.lane(), changes.iterator(), length).of(content);
            var input = new ContentInput(chunks, content);
            assertThat(input.readAllBytes())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(after);
            assertThat(rebuilt(content)).as("seed %d, round %d", seed, round).isEqualTo(content);
            bytes = after;
        }
    }

    @Test
    void aChangeReadsAndWritesTheListsAroundItAlone() {
        var random = new Random(3);
        var bytes = new byte[400_000 * PAGE];
        random.nextBytes(bytes);
        var content = written(bytes, random);
        var lists = chunks.chunks.size();
        chunks.reads.set(0);
        var id = chunks.add(new byte[PAGE]);
        var change = List.of(Extent.whole(200_000L * PAGE, PAGE, id));
        var edited = new ContentEdit(chunks, chunks.lane(), change.iterator(), content.length()).of(content);
        assertThat(edited).isNotEqualTo(content);
        // The root, the list that changes, and the last; of these two are written
        assertThat(chunks.reads.get()).isLessThanOrEqualTo(5);
        assertThat(chunks.chunks.size() - lists).isLessThanOrEqualTo(5);
    }

    @Test
    void aDiskThatBecomesShorterLosesItsEnd() throws IOException {
        var random = new Random(4);
        var bytes = new byte[2_000 * PAGE];
        random.nextBytes(bytes);
        var content = written(bytes, random);
        for (var length : List.of(1_999 * PAGE, 700 * PAGE + 5, 1, 0)) {
            var cut = new ContentEdit(chunks, chunks.lane(), List.<Extent>of().iterator(), length).of(content);
            assertThat(new ContentInput(chunks, cut).readAllBytes()).isEqualTo(Arrays.copyOf(bytes, length));
        }
    }

    @Test
    void changesThatOverlapAreRefused() {
        var id = chunks.add(new byte[PAGE]);
        var content = written(new byte[100 * PAGE], new Random(5));
        var changes = List.of(Extent.whole(0, PAGE, id), Extent.whole(PAGE / 2, PAGE, id));
        assertThatThrownBy(
                        () -> new ContentEdit(chunks, chunks.lane(), changes.iterator(), content.length()).of(content))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("out of order");
    }

    @Test
    void aDamagedListOfRangesIsNamedWithItsPosition() {
        var id = chunks.add(new byte[8]);
        expectCorrupt(list -> list.putInt(48, 7), "a range that ends outside of its chunk");
        expectCorrupt(list -> list.putInt(48, -1), "a range that ends outside of its chunk");
        expectCorrupt(list -> list.putInt(52, 300_000), "a range that ends outside of its chunk");
        expectCorrupt(list -> list.put(5, (byte) 2), "its version");
        expectCorrupt(list -> list.putInt(48 + 48, 5), "a range that goes on where the one before it ends");
        expectCorrupt(list -> list.putInt(48 + 96, 1), "a hole that is a range");
        expectCorrupt(
                list -> {
                    list.putLong(8, 8).putInt(48, 0).putInt(52, 8);
                    list.putLong(56, 8).putInt(96, 0).putInt(100, 8);
                },
                19,
                "no range");
        assertThatThrownBy(() -> read(id, list -> list.put(4, (byte) 3), 8))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("newer Rok");
    }

    private void expectCorrupt(Consumer<ByteBuffer> damage, String what) {
        expectCorrupt(damage, 8, what);
    }

    private void expectCorrupt(Consumer<ByteBuffer> damage, long length, String what) {
        var id = chunks.add(new byte[8]);
        assertThatThrownBy(() -> read(id, damage, length))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining(what);
    }

    /** Of bytes 2 to 5, 6 and 7, and a hole of 3. */
    private void read(ChunkId id, Consumer<ByteBuffer> damage, long length) {
        var list = ByteBuffer.allocate(8 + 3 * 48)
                .putInt(ChunkList.MAGIC)
                .put((byte) 2)
                .put((byte) 1);
        list.putShort((short) 3);
        for (var extent : List.of(new Extent(0, 3, id, 2, 8), new Extent(0, 2, id, 6, 8), Extent.hole(0, 3))) {
            list.putLong(extent.length());
            extent.chunk().write(list);
            list.putInt(extent.first()).putInt(extent.chunkLength());
        }
        damage.accept(list);
        var root = chunks.add(list.array());
        new Extents(chunks, new Content(length, list.get(5), root), 0)
                .forEachRemaining(extent -> assertThat(extent.length()).isPositive());
    }

    private Content written(byte[] bytes, Random random) {
        var builder = new ContentBuilder(chunks.lane());
        for (var at = 0; at < bytes.length; ) {
            var length = Math.min((1 + random.nextInt(8)) * PAGE, bytes.length - at);
            builder.chunk(chunks.lane().write(bytes, at, length), length);
            at += length;
        }
        return builder.finish();
    }

    /** Changes some pages of {@code after}, and says how: whole chunks, ranges of one that is shared, and holes. */
    private List<Extent> changes(byte[] after, int max, Random random) {
        var shared = new byte[64 * PAGE];
        random.nextBytes(shared);
        var id = chunks.add(shared);
        var changes = new ArrayList<Extent>();
        var pages = after.length / PAGE;
        for (var page = random.nextInt(20); page < pages && changes.size() < max; ) {
            var length = Math.min(1 + random.nextInt(4), pages - page) * PAGE;
            var at = page * PAGE;
            switch (random.nextInt(3)) {
                case 0 -> {
                    Arrays.fill(after, at, at + length, (byte) 0);
                    changes.add(Extent.hole(at, length));
                }
                case 1 -> {
                    var first = random.nextInt(60) * PAGE;
                    System.arraycopy(shared, first, after, at, length);
                    changes.add(new Extent(at, length, id, first, shared.length));
                }
                default -> {
                    var fresh = new byte[length];
                    random.nextBytes(fresh);
                    System.arraycopy(fresh, 0, after, at, length);
                    changes.add(Extent.whole(at, length, chunks.add(fresh)));
                }
            }
            page += length / PAGE + random.nextInt(1 + 2 * pages / max);
        }
        return changes;
    }

    /** The same items, put together from the first to the last. */
    private Content rebuilt(Content content) {
        var builder = new ContentBuilder(chunks.lane());
        new Extents(chunks, content, 0).forEachRemaining(builder::add);
        return builder.finish();
    }
}
