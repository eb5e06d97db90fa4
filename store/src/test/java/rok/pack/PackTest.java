package rok.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkCodec;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;

class PackTest {
    private static final PackName NAME = new PackName(1, 2);

    private final ChunkCodec codec = new ChunkCodec();
    private final MemoryObjectStore store = new MemoryObjectStore();

    @Test
    void aFullPackKeepsItsBoundAndListsEverything() {
        var writer = new PackWriter();
        var random = new Random(3);
        var added = new ArrayList<PackEntry>();
        while (true) {
            var chunk = new byte[1 + random.nextInt(Chunker.CHUNK_BYTES_MAX)];
            random.nextBytes(chunk);
            if (!writer.hasRoomFor(chunk.length)) {
                break;
            }
            writer.add(codec, codec.id(chunk, 0, chunk.length), chunk, 0, chunk.length);
        }
        added.addAll(writer.entries());
        put(writer.seal());
        assertThat(store.stat(NAME.key()).orElseThrow().size())
                .isBetween((long) PackFormat.PACK_BYTES_MAX - 300_000, (long) PackFormat.PACK_BYTES_MAX);
        assertThat(PackReader.entries(store, NAME)).isEqualTo(added);
        assertThat(PackReader.verify(store, NAME, codec)).isEmpty();
        writer.reset();
        assertThat(writer.isEmpty()).isTrue();
    }

    @Test
    void aPackOfTinyChunksKeepsItsBoundToo() {
        var writer = new PackWriter();
        var random = new Random(4);
        var chunk = new byte[9];
        while (writer.hasRoomFor(chunk.length)) {
            random.nextBytes(chunk);
            writer.add(codec, codec.id(chunk, 0, chunk.length), chunk, 0, chunk.length);
        }
        put(writer.seal());
        assertThat(PackReader.entries(store, NAME)).hasSize(writer.count());
    }

    @Test
    void twoPartsJoin() {
        var first = writer(1, 20);
        first.addAll(writer(2, 20));
        put(first.seal());
        assertThat(PackReader.verify(store, NAME, codec)).isEmpty();
        assertThat(PackReader.entries(store, NAME)).hasSize(40);
    }

    @Test
    void everyFlippedByteIsFoundAndNamesThePack() {
        var good = writer(5, 4).seal();
        for (var at = 0; at < good.remaining(); at++) {
            var bad =
                    ByteBuffer.allocate(good.remaining()).put(good.duplicate()).flip();
            bad.put(at, (byte) (bad.get(at) ^ 0x10));
            assertThat(problems(bad))
                    .as("byte %d", at)
                    .isNotEmpty()
                    .allMatch(problem -> problem.contains(NAME.toString()));
        }
    }

    @Test
    void everyTruncationIsFoundAndNamesThePack() {
        var good = writer(6, 2).seal();
        for (var length = 0; length < good.remaining(); length++) {
            assertThat(problems(good.slice(0, length)))
                    .as("%d bytes", length)
                    .singleElement()
                    .satisfies(problem -> assertThat(problem).contains(NAME.toString()));
        }
    }

    @Test
    void aDamagedRecordLeavesTheOthersReadable() {
        var good = writer(7, 10).seal();
        var bad = ByteBuffer.allocate(good.remaining()).put(good).flip();
        bad.put(30, (byte) ~bad.get(30));
        assertThat(problems(bad)).hasSize(1);
    }

    @Test
    void aMissingPackAndAForeignObjectAreNamed() {
        assertThatThrownBy(() -> PackReader.entries(store, NAME))
                .isInstanceOf(StoreException.Missing.class)
                .hasMessageContaining(NAME.toString());
        assertThatThrownBy(() -> PackReader.name(new rok.object.ObjectKey("packs/ab/notes.txt")))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("notes.txt");
        assertThat(PackReader.name(NAME.key())).isEqualTo(NAME);
    }

    private List<String> problems(ByteBuffer content) {
        ObjectStore fresh = new MemoryObjectStore();
        fresh.put(NAME.key(), content, new Condition.Always());
        return PackReader.verify(fresh, NAME, codec);
    }

    private void put(ByteBuffer content) {
        store.put(NAME.key(), content, new Condition.IfAbsent());
    }

    private PackWriter writer(long seed, int chunks) {
        var random = new Random(seed);
        var writer = new PackWriter();
        for (var i = 0; i < chunks; i++) {
            var chunk = new byte[40 + random.nextInt(60)];
            random.nextBytes(chunk);
            writer.add(codec, codec.id(chunk, 0, chunk.length), chunk, 0, chunk.length);
        }
        return writer;
    }
}
