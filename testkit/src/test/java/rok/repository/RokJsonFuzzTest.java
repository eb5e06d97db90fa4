package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import rok.cipher.Share;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.testkit.Fuzz;

class RokJsonFuzzTest {
    private static final int SEAL_BYTES = 22;

    @Test
    void aBrokenRokJsonIsReadOrRefused() {
        var good = List.of(
                Parameters.random(new Random(1)).encode(),
                Parameters.random(new Random(2)).encode(),
                Parameters.random(new Random(3), Share.ACCOUNT).encode(),
                Parameters.random(new Random(4), Share.REPOSITORY).encode());
        var refusals = Set.<Class<? extends RuntimeException>>of(
                StoreException.Corrupt.class, StoreException.Incompatible.class);
        new Fuzz("rok.json", refusals, 8 << 20).run(good, RokJsonFuzzTest::sealed, (input, _) -> {
            // Its id becomes the name of a folder
            var parameters = Parameters.decode(ByteBuffer.wrap(input), "a folder");
            assertThat(parameters.id()).matches("[0-9a-fA-F]{32}");
            // And this of a key
            parameters.encryption().ifPresent(how -> assertThat(how.keys()).matches("[0-9a-fA-F]{32}"));
        });
    }

    private static byte[] sealed(byte[] broken, RandomGenerator random) {
        var body = Math.max(0, broken.length - SEAL_BYTES);
        var end = ",\"crc32c\":\"%08x\"}\n".formatted(Checksum.of(broken, 0, body));
        var sealed = Arrays.copyOf(broken, body + SEAL_BYTES);
        System.arraycopy(end.getBytes(StandardCharsets.US_ASCII), 0, sealed, body, SEAL_BYTES);
        return sealed;
    }
}
