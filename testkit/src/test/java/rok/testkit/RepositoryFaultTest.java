package rok.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.pack.PackReader;
import rok.repository.ChunkReader;
import rok.repository.Repository;
import rok.testkit.FaultyObjectStore.Faults;

/** What a flush acknowledged survives a stop at any call, and damage is found, named and kept local. */
class RepositoryFaultTest {
    @TempDir
    Path cache;

    @Test
    void stoppedAtAnyCallNothingAcknowledgedIsLostAndARerunSucceeds() {
        for (var stop = 0; ; stop++) {
            var memory = new MemoryObjectStore();
            var acknowledged = new HashMap<ChunkId, byte[]>();
            var faulty = new FaultyObjectStore(memory, 1, Faults.NONE).stoppingAt(stop);
            var finished = writeSessions(faulty, acknowledged, 0);
            var after = Repository.create(memory, cache);
            assertHolds(after, acknowledged, "stopped at " + stop);
            assertThat(writeSessions(memory, acknowledged, 0)).isTrue();
            assertHolds(after, acknowledged, "written again after " + stop);
            if (finished) {
                assertThat(stop).isGreaterThan(20);
                return;
            }
        }
    }

    @Test
    void failuresBeforeAndAfterTheWorkLoseNothingAcknowledged() {
        for (var round = 0; round < 60; round++) {
            var seed = System.nanoTime();
            var memory = new MemoryObjectStore();
            Repository.create(memory, cache);
            var acknowledged = new HashMap<ChunkId, byte[]>();
            var faults = new Faults(0.05, 0.1, 0, 0, 0);
            for (var attempt = 0; attempt < 5; attempt++) {
                writeSessions(new FaultyObjectStore(memory, seed + attempt, faults), acknowledged, attempt);
            }
            assertHolds(Repository.open(memory, cache), acknowledged, "seed " + seed);
        }
    }

    @Test
    void aReaderOfALyingStoreNeverReturnsWrongBytes() {
        var memory = new MemoryObjectStore();
        var chunks = new HashMap<ChunkId, byte[]>();
        assertThat(writeSessions(memory, chunks, 0)).isTrue();
        var seed = System.nanoTime();
        var reader = openAtLast(new FaultyObjectStore(memory, seed, new Faults(0.02, 0, 0, 0.02, 0.3)));
        var damaged = 0;
        for (var round = 0; round < 10; round++) {
            for (var chunk : chunks.entrySet()) {
                try {
                    var into = ByteBuffer.allocate(chunk.getValue().length);
                    reader.read(chunk.getKey(), into);
                    assertThat(into.array()).as("seed %d", seed).isEqualTo(chunk.getValue());
                } catch (StoreException.Corrupt | StoreException.Unavailable e) {
                    damaged++;
                }
            }
        }
        assertThat(damaged).as("seed %d", seed).isPositive();
    }

    /** Opening reads through the faults too: it says so, and succeeds in the end. */
    private ChunkReader openAtLast(ObjectStore faulty) {
        for (var tries = 0; ; tries++) {
            try {
                return Repository.open(faulty, cache.resolve("other")).reader();
            } catch (StoreException.Corrupt | StoreException.Unavailable e) {
                assertThat(tries).isLessThan(100);
            }
        }
    }

    @Test
    void everyObjectDamagedAnywhereIsNamedAndTheRestStaysReadable() {
        var memory = new MemoryObjectStore();
        var chunks = new HashMap<ChunkId, byte[]>();
        assertThat(writeSessions(memory, chunks, 0)).isTrue();
        var random = new Random(7);
        for (var key : keys(memory)) {
            var good = memory.read(key).orElseThrow().content();
            for (var round = 0; round < 25; round++) {
                var bad = ByteBuffer.allocate(good.remaining())
                        .put(good.duplicate())
                        .flip();
                if (round % 5 == 4) {
                    bad.limit(random.nextInt(bad.limit()));
                } else {
                    var at = round < 8 ? round : random.nextInt(bad.limit());
                    bad.put(at, (byte) (bad.get(at) ^ 1 << random.nextInt(8)));
                }
                memory.put(key, bad, new Condition.Always());
                assertDamageIsLocal(memory, key, chunks, cache.resolve("round-" + round));
            }
            memory.put(key, good, new Condition.Always());
        }
        assertHolds(Repository.open(memory, cache), chunks, "repaired");
    }

    @Test
    void aLostPackIsNamedAndALostSegmentMakesItsChunksMissing() {
        var memory = new MemoryObjectStore();
        var chunks = new HashMap<ChunkId, byte[]>();
        assertThat(writeSessions(memory, chunks, 0)).isTrue();
        var reader = Repository.open(memory, cache).reader();
        var id = chunks.keySet().iterator().next();
        var pack = reader.locate(id).pack();
        memory.delete(pack.key());
        assertThatThrownBy(() -> reader.read(id, ByteBuffer.allocate(300_000)))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining(pack.toString())
                .hasMessageContaining(id.toString());
        keys(memory).stream().filter(key -> key.value().startsWith("index/")).forEach(memory::delete);
        var fresh = Repository.open(memory, cache).reader();
        assertThatThrownBy(() -> fresh.length(id)).isInstanceOf(StoreException.Missing.class);
    }

    @Test
    void aDamagedSegmentMakesAWriterStoreItsChunksAgain() {
        var memory = new MemoryObjectStore();
        var chunks = new HashMap<ChunkId, byte[]>();
        assertThat(writeSessions(memory, chunks, 0)).isTrue();
        for (var key : keys(memory)) {
            if (key.value().startsWith("index/")) {
                memory.put(key, ByteBuffer.wrap(new byte[] {1, 2, 3}), new Condition.Always());
            }
        }
        assertThat(writeSessions(memory, chunks, 0)).isTrue();
        assertHolds(Repository.open(memory, cache), chunks, "stored again");
    }

    private void assertDamageIsLocal(ObjectStore store, ObjectKey key, Map<ChunkId, byte[]> chunks, Path fresh) {
        Repository repository;
        try {
            repository = Repository.open(store, fresh);
        } catch (StoreException.Corrupt e) {
            assertThat(key.value()).isEqualTo("rok.json");
            assertThat(e.getMessage()).contains("rok.json");
            return;
        }
        assertThat(key.value()).isNotEqualTo("rok.json");
        var name = key.value().substring(key.value().lastIndexOf('/') + 1);
        var reader = repository.reader();
        var readable = 0;
        for (var chunk : chunks.entrySet()) {
            try {
                var into = ByteBuffer.allocate(chunk.getValue().length);
                reader.read(chunk.getKey(), into);
                assertThat(into.array()).isEqualTo(chunk.getValue());
                readable++;
            } catch (StoreException.Corrupt e) {
                assertThat(e.getMessage()).contains(name);
            }
        }
        assertThat(readable).as("readable with %s damaged", key).isPositive();
        if (key.value().startsWith("packs/")) {
            assertThat(PackReader.verify(store, PackReader.name(key), new ChunkCodec()))
                    .isNotEmpty()
                    .allMatch(problem -> problem.contains(name));
        }
    }

    /** Three sessions of two lanes and two flushes; false when one of them failed. */
    private boolean writeSessions(ObjectStore store, Map<ChunkId, byte[]> acknowledged, int seed) {
        try {
            var repository = Repository.create(store, cache);
            for (var session = 0; session < 3; session++) {
                try (var writer = repository.writer();
                        var first = writer.lane();
                        var second = writer.lane()) {
                    for (var flush = 0; flush < 2; flush++) {
                        var written = new HashMap<ChunkId, byte[]>();
                        var random = new Random(100L * seed + 10L * session + flush);
                        for (var i = 0; i < (session == 0 ? 100 : 12); i++) {
                            var plain = new byte[1 + random.nextInt(900)];
                            random.nextBytes(plain);
                            written.put((i % 2 == 0 ? first : second).write(plain, 0, plain.length), plain);
                        }
                        writer.flush();
                        acknowledged.putAll(written);
                    }
                }
            }
            return true;
        } catch (StoreException.Unavailable e) {
            return false;
        }
    }

    private static void assertHolds(Repository repository, Map<ChunkId, byte[]> chunks, String when) {
        var reader = repository.reader();
        chunks.forEach((id, plain) -> {
            var into = ByteBuffer.allocate(reader.length(id));
            reader.read(id, into);
            assertThat(into.array()).as(when).isEqualTo(plain);
        });
    }

    private static List<ObjectKey> keys(ObjectStore store) {
        var keys = new ArrayList<ObjectKey>();
        for (var prefix : List.of("rok.json", "packs/", "index/")) {
            try (var listed = store.list(new ObjectKey(prefix))) {
                listed.forEach(info -> keys.add(info.key()));
            }
        }
        return keys;
    }
}
