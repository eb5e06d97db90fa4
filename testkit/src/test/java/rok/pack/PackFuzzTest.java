package rok.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkCodec;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore.Condition;
import rok.testkit.Fuzz;

/** What a pack says of itself is taken whole or refused, and a look at every record names what is wrong and goes on. */
class PackFuzzTest {
    private static final PackName NAME = new PackName(1, 2);

    @Test
    void aBrokenPackIsReadOrRefused() {
        var codec = new ChunkCodec();
        var refusals = Set.<Class<? extends RuntimeException>>of(
                StoreException.Corrupt.class, StoreException.Incompatible.class);
        new Fuzz("pack footer", refusals, 16 << 20).run(packs(codec), PackFuzzTest::repaired, (input, _) -> {
            var store = new MemoryObjectStore();
            store.put(NAME.key(), ByteBuffer.wrap(input), new Condition.IfAbsent());
            assertThat(PackReader.verify(store, NAME, codec)).allMatch(problem -> problem.contains(NAME.toString()));
            var at = PackFormat.HEADER_BYTES;
            for (var entry : PackReader.entries(store, NAME)) {
                assertThat(entry.offset()).isEqualTo(at);
                at += entry.length();
            }
            assertThat(at).isLessThan(input.length);
        });
    }

    /** A right trailer; its count and length are at times what the mutation left. */
    private static byte[] repaired(byte[] broken, RandomGenerator random) {
        if (broken.length < PackFormat.TRAILER_BYTES) {
            return broken;
        }
        var bytes = ByteBuffer.wrap(broken);
        var trailer = broken.length - PackFormat.TRAILER_BYTES;
        if (random.nextInt(4) != 0) {
            bytes.putInt(trailer + 4, broken.length);
        }
        bytes.putLong(trailer + 12, PackFormat.END_MAGIC.value());
        var footerBytes = bytes.getInt(trailer) * (long) PackFormat.ENTRY_BYTES;
        if (footerBytes >= 0 && footerBytes <= trailer) {
            bytes.putInt(trailer + 8, Checksum.of(broken, trailer - (int) footerBytes, (int) footerBytes + 8));
        }
        return broken;
    }

    private static List<byte[]> packs(ChunkCodec codec) {
        var random = new Random(11);
        var packs = new ArrayList<byte[]>();
        for (var count : new int[] {1, 2, 40}) {
            var writer = new PackWriter();
            for (var i = 0; i < count; i++) {
                var plain = new byte[1 + random.nextInt(600)];
                for (var j = 0; j < plain.length; j++) {
                    plain[j] = (byte) random.nextInt(1 + random.nextInt(256));
                }
                writer.add(codec, codec.id(plain, 0, plain.length), plain, 0, plain.length);
            }
            var sealed = writer.seal();
            var pack = new byte[sealed.remaining()];
            sealed.get(pack);
            packs.add(pack);
        }
        return packs;
    }
}
