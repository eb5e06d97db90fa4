package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.object.FolderObjectStore;
import rok.pack.PackName;
import rok.pack.PackReader;

/** Bytes that format 1 wrote once stay readable for ever. The files under golden/v1 are read, never written anew. */
class GoldenRepositoryTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/v1");

    @TempDir
    Path cache;

    @Test
    void everyChunkOfFormat1IsRead() throws IOException {
        try (var store = new FolderObjectStore(GOLDEN.resolve("store"))) {
            var repository = Repository.open(store, cache);
            var reader = repository.reader();
            var lines = Files.readAllLines(GOLDEN.resolve("chunks.txt"));
            assertThat(lines).hasSize(46);
            for (var line : lines) {
                var id = ChunkId.parse(line.substring(0, 64));
                var into = ByteBuffer.allocate(Integer.parseInt(line.substring(65)));
                reader.read(id, into);
                assertThat(into.hasRemaining()).isFalse();
            }
            assertThat(repository.stats()).isEqualTo(new Repository.Stats(2, 35_064, 2, 2_264));
        }
        assertThat(GOLDEN.resolve("store/.store")).doesNotExist();
    }

    @Test
    void everyPackOfFormat1DescribesItself() {
        try (var store = new FolderObjectStore(GOLDEN.resolve("store"));
                var packs = store.list(PackName.PREFIX)) {
            packs.forEach(pack -> assertThat(PackReader.verify(store, PackReader.name(pack.key()), new ChunkCodec()))
                    .isEmpty());
        }
    }
}
