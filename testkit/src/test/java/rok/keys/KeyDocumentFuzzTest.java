package rok.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import rok.cipher.Secret;
import rok.cipher.Share;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.object.MemoryObjectStore;
import rok.testkit.Fuzz;

class KeyDocumentFuzzTest {
    private static final int SEAL_BYTES = 22;
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
    private static final Set<Class<? extends RuntimeException>> REFUSALS =
            Set.of(StoreException.Corrupt.class, StoreException.Incompatible.class, StoreException.Locked.class);

    @Test
    void aBrokenKeyDocumentOpensAsItWasOrNotAtAll() {
        var store = new MemoryObjectStore();
        var place = KeyPlace.of(store, "0".repeat(32), ByteBuffer.allocate(3));
        var made = Keys.create(place, Share.REPOSITORY, file(1), "label", NOW, new Random(1));
        var one = content(store, place);
        made.add(file(2), "second", NOW);
        var ids = made.ids().copy();
        var good = List.of(one, content(store, place));
        new Fuzz("key document", REFUSALS, 16 << 20).run(good, KeyDocumentFuzzTest::sealed, (input, _) -> {
            var broken = new MemoryObjectStore();
            broken.put(place.key(), ByteBuffer.wrap(input), new rok.object.ObjectStore.Condition.Always());
            var moved = new KeyPlace(broken, place.key(), place.digest());
            var opened = Keys.open(moved, Share.REPOSITORY, _ -> file(1), new Random(2));
            assertThat(opened.ids().copy()).isEqualTo(ids);
        });
    }

    @Test
    void aBrokenRingIsReadOrRefused() {
        var random = new Random(1);
        var member = new Ring.Member("0123456789abcdef", NOW, Credential.Kind.KEY_FILE, "00".repeat(32), "é");
        var good = List.of(
                new Ring(Secret.random(random), List.of(Secret.random(random)), List.of(member)).encode(),
                new Ring(
                                Secret.random(random),
                                List.of(Secret.random(random), Secret.random(random)),
                                List.of(member, member))
                        .encode());
        new Fuzz("ring", REFUSALS, 1 << 20).run(good, Fuzz.Repair.NONE, (input, _) -> {
            var ring = Ring.decode(input, "A ring");
            assertThat(ring.generation()).isBetween(1, 1000);
        });
    }

    private static Credential file(int which) {
        var content = new byte[32];
        Arrays.fill(content, (byte) which);
        return Credential.keyFile(content);
    }

    private static byte[] content(MemoryObjectStore store, KeyPlace place) {
        var content = store.read(place.key()).orElseThrow().content();
        var bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private static byte[] sealed(byte[] broken, RandomGenerator random) {
        var body = Math.max(0, broken.length - SEAL_BYTES);
        var end = ",\"crc32c\":\"%08x\"}\n".formatted(Checksum.of(broken, 0, body));
        var sealed = Arrays.copyOf(broken, body + SEAL_BYTES);
        System.arraycopy(end.getBytes(StandardCharsets.US_ASCII), 0, sealed, body, SEAL_BYTES);
        return sealed;
    }
}
