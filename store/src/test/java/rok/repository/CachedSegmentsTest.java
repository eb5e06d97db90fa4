package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.chunk.ChunkId;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;

/** Copies of index segments in the cache folder are believed only where they are what the store holds. */
class CachedSegmentsTest {
    private static final int CHUNKS = 300;

    private final ObjectStore store = new MemoryObjectStore();
    private final Map<ChunkId, byte[]> chunks = new LinkedHashMap<>();
    private final Random random = new Random(23);

    @TempDir
    Path cache;

    /** Two sessions that do not see each other leave two segments, as long as each other. */
    @BeforeEach
    void aStoreWithTwoSegmentsOfOneLength() {
        var repository = Repository.create(store, cache, random);
        readAll(repository);
        var other = Repository.open(store, cache, random);
        readAll(other);
        try (var one = repository.writer();
                var two = other.writer()) {
            write(one);
            write(two);
            one.flush();
            two.flush();
        }
        assertThat(repository.stats().indexSegments()).isEqualTo(2);
        readAll(Repository.open(store, cache));
        assertThat(copies()).hasSize(2);
    }

    @Test
    void aCopyOfAnotherSegmentIsNotTakenForThisOne() throws Exception {
        var files = copies();
        assertThat(Files.size(files.get(0))).isEqualTo(Files.size(files.get(1)));
        Files.copy(files.get(0), files.get(1), StandardCopyOption.REPLACE_EXISTING);
        readAll(Repository.open(store, cache));
        assertThat(Files.mismatch(files.get(0), files.get(1))).isNotNegative();
    }

    @Test
    void aDamagedCopyIsMadeAnew() throws Exception {
        for (var file : copies()) {
            var good = Files.readAllBytes(file);
            for (var round = 0; round < 60; round++) {
                var bad = good.clone();
                bad[round < 30 ? round : random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, round % 10 == 9 ? Arrays.copyOf(bad, random.nextInt(bad.length)) : bad);
                readAll(Repository.open(store, cache));
                Files.write(file, good);
            }
        }
    }

    @Test
    void aWriterStoresNothingTwiceBecauseOfADamagedHeader() throws Exception {
        for (var file : copies()) {
            var bytes = Files.readAllBytes(file);
            bytes[20] ^= 1;
            Files.write(file, bytes);
        }
        try (var writer = Repository.open(store, cache).writer();
                var lane = writer.lane()) {
            for (var chunk : chunks.values()) {
                lane.write(chunk, 0, chunk.length);
            }
            assertThat(writer.flush().newChunks()).isZero();
        }
    }

    /** Those of a moment ago may be of a segment that another process puts right now. */
    @Test
    void oldCopiesOfSegmentsThatAreGoneGo() throws Exception {
        var copy = copies().getFirst();
        var old = Files.write(copy.resolveSibling("index-0-" + "a".repeat(32)), new byte[100]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        var leftOver = Files.write(copy.resolveSibling("verified17.new"), new byte[100]);
        Files.setLastModifiedTime(leftOver, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        var young = Files.write(copy.resolveSibling("index-0-" + "b".repeat(32)), new byte[100]);
        readAll(Repository.open(store, cache));
        assertThat(old).doesNotExist();
        assertThat(leftOver).doesNotExist();
        assertThat(young).exists();
        Files.delete(young);
        assertThat(copies()).hasSize(2);
    }

    private void write(ChunkWriter writer) {
        try (var lane = writer.lane()) {
            for (var i = 0; i < CHUNKS; i++) {
                var plain = new byte[50];
                random.nextBytes(plain);
                chunks.put(lane.write(plain, 0, plain.length), plain);
            }
        }
    }

    private void readAll(Repository repository) {
        var reader = repository.reader();
        chunks.forEach((id, plain) -> {
            var into = ByteBuffer.allocate(plain.length);
            reader.read(id, into);
            assertThat(into.array()).isEqualTo(plain);
        });
    }

    private List<Path> copies() {
        var id = Repository.open(store, cache).id();
        try (var files = Files.list(cache.resolve(id))) {
            return new ArrayList<>(files.sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
