package rok.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.testkit.Fuzz;
import rok.testkit.SeededRoots;

class EnvelopeFuzzTest {
    private static final Set<Class<? extends RuntimeException>> REFUSALS =
            Set.of(StoreException.Corrupt.class, StoreException.Incompatible.class);

    @Test
    void aBrokenEnvelopeOpensAsWhatWasSealedOrNotAtAll() {
        var documents = SeededRoots.keys(1, 2, "local").documents();
        var texts = List.of("", "{\"a\":1}", "x".repeat(1000));
        var good = texts.stream()
                .map(text -> documents.seal("catalog/a", text.getBytes(StandardCharsets.UTF_8)))
                .toList();
        new Fuzz("envelope", REFUSALS, 4 << 20).run(good, EnvelopeFuzzTest::checked, (input, _) -> {
            var opened = documents.open("catalog/a", ByteBuffer.wrap(input), "It");
            assertThat(texts).contains(new String(opened, StandardCharsets.UTF_8));
        });
    }

    private static byte[] checked(byte[] broken, RandomGenerator random) {
        if (broken.length >= 4) {
            ByteBuffer.wrap(broken).putInt(broken.length - 4, Checksum.of(broken, 0, broken.length - 4));
        }
        return broken;
    }
}
