package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.pack.PackName;
import rok.testkit.Fuzz;

/** A broken list of condemned packs is refused: nothing is deleted, or kept, by what it seems to say. */
class EpochsFuzzTest {
    private static final ObjectKey KEY = new ObjectKey("gc/0000000007");

    @Test
    void aBrokenListIsReadOrRefused() {
        var refusals = Set.<Class<? extends RuntimeException>>of(
                StoreException.Corrupt.class, StoreException.Incompatible.class);
        new Fuzz("condemned packs", refusals, 32 << 20).run(lists(), (broken, random) -> repaired(broken), (in, _) -> {
            var packs = Epochs.decode(KEY, ByteBuffer.wrap(in));
            assertThat(packs.size()).isLessThanOrEqualTo(in.length / PackName.BYTES);
        });
    }

    @Test
    void whatIsWrittenIsRead() {
        var random = new Random(3);
        var packs = new HashSet<PackName>();
        for (var i = 0; i < 1000; i++) {
            packs.add(PackName.random(random));
        }
        assertThat(Epochs.decode(KEY, Epochs.encode(7, packs))).isEqualTo(packs);
    }

    private static byte[] repaired(byte[] broken) {
        if (broken.length > Integer.BYTES) {
            var length = broken.length - Integer.BYTES;
            ByteBuffer.wrap(broken).putInt(length, Checksum.of(broken, 0, length));
        }
        return broken;
    }

    private static List<byte[]> lists() {
        var random = new Random(5);
        var lists = new ArrayList<byte[]>();
        for (var count : new int[] {0, 1, 40}) {
            var packs = new ArrayList<PackName>();
            for (var i = 0; i < count; i++) {
                packs.add(PackName.random(random));
            }
            lists.add(Epochs.encode(7, packs).array());
        }
        return lists;
    }
}
