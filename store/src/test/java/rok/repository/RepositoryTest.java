package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.chunk.ChunkId;
import rok.format.Json;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.FolderObjectStore;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

class RepositoryTest {
    @TempDir
    Path folder;

    @Test
    void whatWasFlushedIsReadBackAfterOpeningAgain() {
        var store = new MemoryObjectStore();
        var chunks = write(Repository.create(store, folder), 1, 300);
        assertHolds(Repository.open(store, folder), chunks);
    }

    @Test
    void aChunkIsStoredOnce() {
        var store = new MemoryObjectStore();
        var repository = Repository.create(store, folder);
        write(repository, 1, 100);
        var before = repository.stats();
        try (var writer = Repository.open(store, folder).writer()) {
            try (var lane = writer.lane()) {
                for (var chunk : chunks(1, 100)) {
                    lane.write(chunk, 0, chunk.length);
                    lane.write(chunk, 0, chunk.length);
                }
            }
            var totals = writer.flush();
            assertThat(totals.newBytes()).isZero();
            assertThat(totals.givenBytes()).isPositive();
        }
        assertThat(repository.stats()).isEqualTo(before);
    }

    @Test
    void lanesOfOneSessionStoreAChunkOnceAndFlushOnePack() throws Exception {
        var store = new MemoryObjectStore();
        var repository = Repository.create(store, folder);
        var chunks = chunks(2, 200);
        try (var writer = repository.writer();
                var threads = Executors.newFixedThreadPool(4)) {
            Callable<List<ChunkId>> work = () -> {
                var ids = new ArrayList<ChunkId>();
                try (var lane = writer.lane()) {
                    for (var chunk : chunks) {
                        ids.add(lane.write(chunk, 0, chunk.length));
                    }
                }
                return ids;
            };
            var all = threads.invokeAll(List.of(work, work, work, work));
            for (var ids : all) {
                assertThat(ids.get()).isEqualTo(all.getFirst().get());
            }
            var totals = writer.flush();
            assertThat(totals.newChunks()).isEqualTo(200);
            assertThat(totals.packs()).isEqualTo(1);
        }
    }

    /** So that who walks folders asks for few ranges. */
    @Test
    void treesAndListsOfAllLanesLieSideBySide() {
        var repository = Repository.create(new MemoryObjectStore(), folder);
        var structure = new ArrayList<ChunkId>();
        try (var writer = repository.writer();
                var one = writer.lane();
                var two = writer.lane()) {
            var large = chunks(5, 400);
            var small = chunks(6, 400);
            for (var i = 0; i < large.size(); i++) {
                var lane = i % 2 == 0 ? one : two;
                lane.write(large.get(i), 0, large.get(i).length);
                structure.add(lane.structure().write(small.get(i), 0, Math.min(500, small.get(i).length)));
            }
            writer.flush();
        }
        var reader = repository.reader();
        var places = structure.stream()
                .distinct()
                .map(reader::locate)
                .sorted(Comparator.comparingInt(Location::offset))
                .toList();
        for (var i = 1; i < places.size(); i++) {
            assertThat(places.get(i).pack()).isEqualTo(places.getFirst().pack());
            assertThat(places.get(i).offset())
                    .isEqualTo(places.get(i - 1).offset() + places.get(i - 1).length());
        }
    }

    @Test
    void manySmallSessionsLeaveFewSegments() {
        var store = new FolderObjectStore(folder.resolve("store"));
        var repository = Repository.create(store, folder.resolve("cache"));
        var all = new HashMap<ChunkId, byte[]>();
        for (var i = 0; i < 100; i++) {
            all.putAll(write(repository, 1000 + i, 3));
        }
        assertThat(repository.stats().indexSegments()).isLessThan(12);
        assertHolds(Repository.open(store, folder.resolve("cache")), all);
        store.close();
    }

    @Test
    void aSessionSeesWhatAnotherProcessListedBeforeItBegan() {
        var store = new MemoryObjectStore();
        var mine = Repository.create(store, folder);
        write(mine, 1, 5);
        write(Repository.open(store, folder), 2, 50);
        try (var writer = mine.writer();
                var lane = writer.lane()) {
            for (var chunk : chunks(2, 50)) {
                lane.write(chunk, 0, chunk.length);
            }
            assertThat(writer.flush().newChunks()).isZero();
        }
    }

    @Test
    void closingWithoutFlushingLosesOnlyWhatWasNotFlushed() {
        var store = new MemoryObjectStore();
        var repository = Repository.create(store, folder);
        var kept = write(repository, 1, 20);
        var writer = repository.writer();
        var lane = writer.lane();
        for (var chunk : chunks(3, 300)) {
            lane.write(chunk, 0, chunk.length);
        }
        writer.close();
        assertThatThrownBy(writer::flush).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> lane.write(new byte[10], 0, 10)).isInstanceOf(IllegalStateException.class);
        lane.close();
        assertHolds(Repository.open(store, folder), kept);
    }

    @Test
    void anUnknownChunkIsMissing() {
        var reader = Repository.create(new MemoryObjectStore(), folder).reader();
        assertThatThrownBy(() -> reader.read(new ChunkId(1, 2, 3, 4), ByteBuffer.allocate(10)))
                .isInstanceOf(StoreException.Missing.class);
    }

    @Test
    void aFolderThatIsNoStoreIsRefused() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        try (var store = new FolderObjectStore(folder)) {
            assertThatThrownBy(() -> Repository.open(store, folder.resolve("cache")))
                    .isInstanceOf(StoreException.Incompatible.class)
                    .hasMessageContaining("holds no Rok store");
            assertThatThrownBy(() -> Repository.create(store, folder.resolve("cache")))
                    .isInstanceOf(StoreException.Incompatible.class)
                    .hasMessageContaining("not empty");
        }
        assertThat(folder.resolve("rok.json")).doesNotExist();
    }

    @Test
    void aNewerFormatIsRefusedWithBothVersions() {
        var store = new MemoryObjectStore();
        var json = Json.seal(JsonValue.object().put("format", 7).end());
        store.put(new ObjectKey("rok.json"), ByteBuffer.wrap(json), new ObjectStore.Condition.IfAbsent());
        assertThatThrownBy(() -> Repository.open(store, folder))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("format 7")
                .hasMessageContaining("up to 2")
                .hasMessageContaining("upgrade");
    }

    static List<byte[]> chunks(long seed, int count) {
        var random = new Random(seed);
        var chunks = new ArrayList<byte[]>();
        for (var i = 0; i < count; i++) {
            var chunk = new byte[1 + random.nextInt(i % 50 == 0 ? 256 << 10 : 4000)];
            random.nextBytes(chunk);
            if (i % 2 == 0) {
                Arrays.fill(chunk, chunk.length / 3, chunk.length, (byte) i);
            }
            chunks.add(chunk);
        }
        return chunks;
    }

    static Map<ChunkId, byte[]> write(Repository repository, long seed, int count) {
        var written = new HashMap<ChunkId, byte[]>();
        try (var writer = repository.writer()) {
            try (var lane = writer.lane()) {
                for (var chunk : chunks(seed, count)) {
                    written.put(lane.write(chunk, 0, chunk.length), chunk);
                }
            }
            writer.flush();
        }
        return written;
    }

    static void assertHolds(Repository repository, Map<ChunkId, byte[]> chunks) {
        var reader = repository.reader();
        chunks.forEach((id, plain) -> {
            var into = ByteBuffer.allocate(reader.length(id));
            reader.read(id, into);
            assertThat(into.array()).isEqualTo(plain);
        });
    }
}
