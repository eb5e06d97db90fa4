package rok.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PageCutterTest {
    private static final int PAGE = PageCutter.PAGE_BYTES;
    private static final int SEED = 20261129;

    @Test
    void cutsBetweenPagesWithinTheBounds() {
        var bytes = random(32 << 20);
        var cuts = cuts(CutRule.OPEN, bytes);
        for (var i = 0; i < cuts.size() - 1; i++) {
            var length = cuts.get(i) - (i == 0 ? 0 : cuts.get(i - 1));
            assertThat(length % PAGE).isZero();
            assertThat(length).isBetween(Chunker.CHUNK_BYTES_MIN, Chunker.CHUNK_BYTES_MAX);
        }
        assertThat(cuts.getLast()).isEqualTo(bytes.length);
        assertThat(bytes.length / cuts.size()).isBetween(60 << 10, 80 << 10);
    }

    @Test
    void findsTheSamePagesWhereverTheyLie() {
        var bytes = random(8 << 20);
        var moved = new byte[bytes.length + 37 * PAGE];
        System.arraycopy(random(37 * PAGE + 1), 1, moved, 0, 37 * PAGE);
        System.arraycopy(bytes, 0, moved, 37 * PAGE, bytes.length);
        var known = new HashSet<>(ids(CutRule.OPEN, bytes));
        var found = ids(CutRule.OPEN, moved);
        var again = found.stream().filter(known::contains).count();
        assertThat(again).isGreaterThan(known.size() - 8L).isLessThan(known.size() + 1L);
    }

    @Test
    void aChangedPageChangesTheChunksAroundIt() {
        var bytes = random(8 << 20);
        var changed = bytes.clone();
        changed[4_000_000] ^= 1;
        var known = new HashSet<>(ids(CutRule.OPEN, bytes));
        var added = ids(CutRule.OPEN, changed).stream()
                .filter(id -> !known.contains(id))
                .count();
        assertThat(added).isBetween(1L, 6L);
    }

    @Test
    void takesTheLastBytesWhereTheyAreNoWholePage() {
        assertThat(CutRule.OPEN.cutPages(new byte[100], 0, 100)).isEqualTo(100);
        var bytes = random(Chunker.CHUNK_BYTES_MIN + 1);
        assertThat(CutRule.OPEN.cutPages(bytes, 0, bytes.length)).isIn(bytes.length, Chunker.CHUNK_BYTES_MIN);
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(SEED + length).nextBytes(bytes);
        return bytes;
    }

    private static List<Integer> cuts(CutRule rule, byte[] bytes) {
        var cuts = new ArrayList<Integer>();
        for (var at = 0; at < bytes.length; at = cuts.getLast()) {
            cuts.add(rule.cutPages(bytes, at, bytes.length));
        }
        return cuts;
    }

    private static List<Integer> ids(CutRule rule, byte[] bytes) {
        var from = 0;
        var ids = new ArrayList<Integer>();
        for (var end : cuts(rule, bytes)) {
            ids.add(Arrays.hashCode(Arrays.copyOfRange(bytes, from, end)));
            from = end;
        }
        return ids;
    }
}
