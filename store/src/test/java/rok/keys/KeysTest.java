package rok.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;
import rok.cipher.Share;
import rok.format.JsonFields;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.keys.Keys.SlotSummary;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore.Condition;

class KeysTest {
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
    private static final byte[] ROK_JSON = "{\"id\":1}".getBytes(StandardCharsets.US_ASCII);

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final KeyPlace place = KeyPlace.of(store, "0".repeat(32), ByteBuffer.wrap(ROK_JSON));
    private final Random random = new Random(7);

    private static Credential file(int which) {
        var content = new byte[32];
        Arrays.fill(content, (byte) which);
        return Credential.keyFile(content);
    }

    private Keys create() {
        return Keys.create(place, Share.REPOSITORY, file(1), "first", NOW, random);
    }

    private Keys open(Credential credential) {
        return Keys.open(place, Share.REPOSITORY, _ -> credential, random);
    }

    @Test
    void opensWithTheCredentialItWasMadeWithAndNoOther() {
        var made = create();
        var opened = open(file(1));
        assertThat(opened.ids().copy()).isEqualTo(made.ids().copy());
        assertThat(opened.root(1).copy()).isEqualTo(made.root(1).copy());
        assertThat(opened.slots()).containsExactlyElementsOf(made.slots());
        assertThatThrownBy(() -> open(file(2)))
                .isInstanceOf(StoreException.Locked.class)
                .hasMessageContaining("key file that was given does not open")
                .hasMessageContaining("1 slot tried");
        assertThatThrownBy(() -> open(Credential.passphrase(new byte[] {'x'})))
                .isInstanceOf(StoreException.Locked.class)
                .hasMessageContaining("no slot for a passphrase");
        assertThatThrownBy(() -> Keys.open(place, Share.REPOSITORY, Unlock.NONE, random))
                .isInstanceOf(StoreException.Locked.class)
                .hasMessageContaining("is encrypted");
    }

    @Test
    void aPassphraseOpensASlotOfItsOwn() {
        create().add(Credential.passphrase("correct horse".getBytes(StandardCharsets.UTF_8)), "alice", NOW);
        var opened = open(Credential.passphrase("correct horse".getBytes(StandardCharsets.UTF_8)));
        assertThat(opened.slots()).extracting(SlotSummary::label).containsExactly("first", "alice");
        assertThat(opened.slots()).extracting(SlotSummary::inUse).containsExactly(false, true);
        assertThatThrownBy(() -> open(Credential.passphrase("correct house".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(StoreException.Locked.class);
    }

    @Test
    void aSlotThatWasRemovedOpensNothingAndTheLastOneStays() {
        var keys = create();
        var second = keys.add(file(2), "", NOW);
        open(file(2)).remove(keys.slots().getFirst().id());
        assertThatThrownBy(() -> open(file(1))).isInstanceOf(StoreException.Locked.class);
        assertThatThrownBy(() -> open(file(2)).remove(second))
                .isInstanceOf(KeyRefusedException.class)
                .hasMessageContaining("last one");
        assertThat(open(file(2)).slots()).hasSize(1);
        // Who is in stays in with what it knows, and is told when it needs more
        assertThat(keys.root(1).copy()).isEqualTo(open(file(2)).root(1).copy());
        assertThatThrownBy(keys::slots)
                .isInstanceOf(StoreException.Locked.class)
                .hasMessageContaining("is gone");
    }

    @Test
    void aRotationKeepsSlotsAndOldRootsAndReachesWhoIsIn() {
        var keys = create();
        keys.add(file(2), "", NOW);
        var running = open(file(2));
        var old = keys.root(1).copy();
        var before = stored();
        assertThat(keys.rotate()).isEqualTo(2);
        assertThat(KeyDocument.decode(ByteBuffer.wrap(stored()), "It").slots())
                .extracting(Slot::master)
                .doesNotContainAnyElementsOf(KeyDocument.decode(ByteBuffer.wrap(before), "It").slots().stream()
                        .map(Slot::master)
                        .toList());
        for (var which : new int[] {1, 2}) {
            var opened = open(file(which));
            assertThat(opened.newest()).isEqualTo(2);
            assertThat(opened.root(1).copy()).isEqualTo(old);
            assertThat(opened.root(2).copy())
                    .isNotEqualTo(old)
                    .isEqualTo(keys.root(2).copy());
        }
        assertThat(running.newest()).isEqualTo(1);
        assertThat(running.root(2).copy()).isEqualTo(keys.root(2).copy());
        assertThat(running.newest()).isEqualTo(2);
        assertThatThrownBy(() -> running.root(3))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("generation 3");
    }

    @Test
    void thereAreNoMoreThanSixteen() {
        var keys = create();
        for (var i = 2; i <= KeyDocument.SLOTS_MAX; i++) {
            keys.add(file(i), "slot " + i, NOW);
        }
        assertThatThrownBy(() -> keys.add(file(99), "", NOW))
                .isInstanceOf(KeyRefusedException.class)
                .hasMessageContaining("16");
        assertThatThrownBy(() -> keys.add(file(99), "two\nlines", NOW)).isInstanceOf(KeyRefusedException.class);
        assertThat(open(file(KeyDocument.SLOTS_MAX)).slots()).hasSize(KeyDocument.SLOTS_MAX);
    }

    @Test
    void changesAtOnceAreAllMadeOrRefused() throws Exception {
        create();
        var tasks = new ArrayList<Callable<Object>>();
        for (var i = 2; i < 10; i++) {
            var which = i;
            tasks.add(() -> open(file(1)).add(file(which), "slot " + which, NOW));
        }
        for (var i = 0; i < 3; i++) {
            tasks.add(() -> open(file(1)).rotate());
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
        for (var i = 1; i < 10; i++) {
            assertThat(open(file(i)).newest()).isEqualTo(4);
        }
        // Each removes another one: the last is left
        var ids = open(file(1)).slots().stream().map(SlotSummary::id).toList();
        var refused = new ArrayList<Callable<Boolean>>();
        for (var i = 0; i < ids.size(); i++) {
            var who = open(file(i + 1));
            var id = who.slots().stream()
                    .filter(SlotSummary::inUse)
                    .findFirst()
                    .orElseThrow()
                    .id();
            refused.add(() -> {
                try {
                    who.remove(id);
                    return false;
                } catch (KeyRefusedException e) {
                    return true;
                }
            });
        }
        try (var threads = Executors.newFixedThreadPool(ids.size())) {
            var last = 0;
            for (var done : threads.invokeAll(refused)) {
                last += done.get() ? 1 : 0;
            }
            assertThat(last).isEqualTo(1);
        }
        assertThat(KeyDocument.decode(ByteBuffer.wrap(stored()), "It").slots()).hasSize(1);
    }

    @Test
    void everyChangedByteIsFound() {
        create().add(file(2), "label", NOW);
        var good = stored();
        var text = new String(good, StandardCharsets.US_ASCII);
        var firstSlot = text.indexOf("{\"id\"");
        var secondSlot = text.lastIndexOf("{\"id\"");
        for (var i = 0; i < good.length; i++) {
            var hurt = good.clone();
            hurt[i] ^= 1;
            put(hurt);
            assertThatThrownBy(() -> open(file(2))).as("byte %d", i).isInstanceOf(StoreException.Corrupt.class);
            // And with a seal that says it is so: what belongs to another slot is that one's alone
            put(sealedAgain(hurt));
            if ((i < firstSlot || i >= secondSlot) && i < good.length - 22) {
                assertThatThrownBy(() -> open(file(2)).rotate())
                        .as("byte %d", i)
                        .isInstanceOfAny(
                                StoreException.Corrupt.class,
                                StoreException.Locked.class,
                                StoreException.Incompatible.class);
            }
        }
        put(Arrays.copyOf(good, good.length / 2));
        assertThatThrownBy(() -> open(file(1))).isInstanceOf(StoreException.Corrupt.class);
        store.delete(place.key());
        assertThatThrownBy(() -> open(file(1)))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("put back a copy");
    }

    @Test
    void anotherRokJsonOpensNothing() {
        create();
        var other =
                KeyPlace.of(store, "0".repeat(32), ByteBuffer.wrap("{\"id\":2}".getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(() -> Keys.open(other, Share.REPOSITORY, _ -> file(1), random))
                .isInstanceOf(StoreException.Locked.class);
    }

    @Test
    void aSlotThatWasPutBackIsNotWrittenUpon() {
        var keys = create();
        var second = keys.add(file(2), "", NOW);
        var with = KeyDocument.decode(ByteBuffer.wrap(stored()), "It");
        keys.remove(second);
        var without = KeyDocument.decode(ByteBuffer.wrap(stored()), "It");
        put(new KeyDocument(without.generation(), with.slots(), without.strange(), without.ring()).encode());
        assertThatThrownBy(() -> open(file(2)))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("not those of its ring");
        assertThatThrownBy(() -> open(file(1)).rotate()).isInstanceOf(StoreException.Corrupt.class);
    }

    @Test
    void aSlotOfAnUnknownKindHidesNoOther() {
        create();
        var text = new String(stored(), StandardCharsets.US_ASCII);
        var slot = "{\"id\":\"%s\",\"kdf\":{\"name\":\"smart-card\"},\"encapsulated\":\"\",\"master\":\"\"},"
                .formatted("a".repeat(16));
        put(sealedAgain(text.replace("\"slots\":[", "\"slots\":[" + slot).getBytes(StandardCharsets.US_ASCII)));
        assertThat(open(file(1)).newest()).isEqualTo(1);
        assertThatThrownBy(() -> open(file(1)).rotate())
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("smart-card");
        assertThatThrownBy(() -> open(file(2)))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("upgrade");
    }

    @Test
    void aStoreCannotMakeUsTakeMuch() {
        for (var numbers : List.of(
                new long[] {1L << 40, 3, 4},
                new long[] {(128 << 10) + 1, 3, 4},
                new long[] {65_536, 17, 4},
                new long[] {65_536, 3, 17},
                new long[] {65_536, 0, 4},
                new long[] {16, 1, 4})) {
            var json = JsonValue.object()
                    .put("name", "argon2id")
                    .put("memory_kib", numbers[0])
                    .put("passes", numbers[1])
                    .put("lanes", numbers[2])
                    .put("salt", "00".repeat(16))
                    .end();
            assertThatThrownBy(() -> Kdf.parse(JsonFields.of("A slot", json)))
                    .isInstanceOf(StoreException.Corrupt.class);
        }
    }

    /** From RFC 9106, section 5.3, which has a secret and associated data; and from the reference implementation's tests. */
    @Test
    void argon2idGivesWhatItsStandardSays() {
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(32)
                .withIterations(3)
                .withParallelism(4)
                .withSalt(filled(16, 2))
                .withSecret(filled(8, 3))
                .withAdditional(filled(12, 4))
                .build());
        var tag = new byte[32];
        generator.generateBytes(filled(32, 1), tag);
        assertThat(HexFormat.of().formatHex(tag))
                .isEqualTo("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
        var kdf = new Kdf.Argon2id(65_536, 2, 1, HexFormat.of().formatHex("somesalt".getBytes(StandardCharsets.UTF_8)));
        var secret = kdf.derive(Credential.passphrase("password".getBytes(StandardCharsets.UTF_8)));
        assertThat(HexFormat.of().formatHex(secret.copy()))
                .isEqualTo("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    @Test
    void nothingShowsItself() {
        var keys = create();
        assertThat(List.of(
                        file(1).toString(), keys.toString(), keys.data().of("a").toString()))
                .noneMatch(text -> text.matches(".*[0-9a-f]{16}.*"));
        var closed = Credential.passphrase("secret".getBytes(StandardCharsets.UTF_8));
        closed.close();
        assertThat(closed.bytes()).containsOnly(0);
    }

    private static byte[] filled(int length, int value) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private byte[] stored() {
        var content = store.read(place.key()).orElseThrow().content();
        var bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private void put(byte[] bytes) {
        store.put(place.key(), ByteBuffer.wrap(bytes), new Condition.Always());
    }

    private static byte[] sealedAgain(byte[] broken) {
        var body = broken.length - 22;
        var end = ",\"crc32c\":\"%08x\"}\n".formatted(rok.format.Checksum.of(broken, 0, body));
        var sealed = broken.clone();
        System.arraycopy(end.getBytes(StandardCharsets.US_ASCII), 0, sealed, body, 22);
        return sealed;
    }
}
