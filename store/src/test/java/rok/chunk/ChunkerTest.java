package rok.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    /** Worked out apart from this code, from docs/format/chunk.md alone. */
    private static final Integer[] REFERENCE = {148847, 61522, 66264, 69840, 67391, 74591};

    @Test
    void theFirstCutsOfTheReferenceBytesNeverMove() {
        // 2 MiB of java.util.Random(1): its algorithm is specified, so these hold everywhere.
        assertThat(lengths(random(1, 2 << 20)).subList(0, 6)).containsExactly(REFERENCE);
    }

    @Test
    void chunksKeepTheBoundsAndCoverEverything() {
        for (var length : new int[] {0, 1, 16_384, 16_385, 65_536, 262_144, 262_145, 3_000_000}) {
            for (var content : List.of(random(length, length), new byte[length])) {
                var lengths = lengths(content);
                assertThat(lengths.stream().mapToInt(l -> l).sum()).isEqualTo(length);
                for (var i = 0; i < lengths.size(); i++) {
                    assertThat(lengths.get(i)).isBetween(1, Chunker.CHUNK_BYTES_MAX);
                    if (i < lengths.size() - 1) {
                        assertThat(lengths.get(i)).isGreaterThanOrEqualTo(Chunker.CHUNK_BYTES_MIN);
                    }
                }
            }
        }
    }

    @Test
    void theMeanIsAsDocumented() {
        var lengths = lengths(random(5, 32 << 20));
        assertThat((32 << 20) / lengths.size()).isBetween(66_000, 82_000);
    }

    @Test
    void anyBufferingGivesTheSameCuts() throws IOException {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (var round = 0; round < 20; round++) {
            var content = random(seed + round, random.nextInt(2_000_000));
            var buffer = Chunker.CHUNK_BYTES_MAX + random.nextInt(300_000);
            var lengths = new ArrayList<Integer>();
            var joined = new byte[content.length];
            var at = new int[1];
            var in = new ByteArrayInputStream(content);
            new Chunker(buffer)
                    .cut(
                            (into, offset, length) -> in.read(into, offset, 1 + random.nextInt(length)),
                            (bytes, offset, length) -> {
                                System.arraycopy(bytes, offset, joined, at[0], length);
                                at[0] += length;
                                lengths.add(length);
                            });
            assertThat(lengths).as("seed %d", seed).isEqualTo(lengths(content));
            assertThat(joined).as("seed %d", seed).isEqualTo(content);
        }
    }

    @Test
    void anInsertionChangesOnlyTheChunksAroundIt() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var content = random(seed, 8 << 20);
        var before = pieces(content);
        for (var round = 0; round < 10; round++) {
            var at = random.nextInt(content.length);
            var inserted = new byte[content.length + 1 + round];
            System.arraycopy(content, 0, inserted, 0, at);
            System.arraycopy(content, at, inserted, at + 1 + round, content.length - at);
            var fresh = new HashSet<>(pieces(inserted));
            fresh.removeAll(before);
            assertThat(fresh.size()).as("seed %d, at %d", seed, at).isLessThanOrEqualTo(6);
        }
    }

    private static List<Integer> pieces(byte[] content) {
        var hashes = new ArrayList<Integer>();
        for (var from = 0; from < content.length; ) {
            var end = Chunker.cut(content, from, content.length);
            hashes.add(Arrays.hashCode(Arrays.copyOfRange(content, from, end)));
            from = end;
        }
        return hashes;
    }

    private static List<Integer> lengths(byte[] content) {
        var lengths = new ArrayList<Integer>();
        for (var from = 0; from < content.length; ) {
            var end = Chunker.cut(content, from, content.length);
            lengths.add(end - from);
            from = end;
        }
        return lengths;
    }

    private static byte[] random(long seed, int length) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
