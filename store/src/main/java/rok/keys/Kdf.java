package rok.keys;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import rok.cipher.Secret;
import rok.format.JsonFields;
import rok.format.JsonValue;
import rok.format.StoreException;

/** How a credential becomes a slot's secret; written into the slot. */
sealed interface Kdf {
    Credential.Kind kind();

    Secret derive(Credential credential);

    JsonValue json();

    /** For a credential of this kind, with the strength of today. */
    static Kdf strong(Credential.Kind kind, RandomGenerator random) {
        return switch (kind) {
            case PASSPHRASE -> new Argon2id(1 << 16, 3, 4, randomHex(random, 16));
            case KEY_FILE -> new KeyFile(randomHex(random, Secret.BYTES));
        };
    }

    private static String randomHex(RandomGenerator random, int bytes) {
        var made = new byte[bytes];
        random.nextBytes(made);
        return HexFormat.of().formatHex(made);
    }

    /** Throws {@link StoreException.Corrupt} for numbers out of bounds, {@link StoreException.Incompatible} for others. */
    static Kdf parse(JsonFields fields) {
        return switch (fields.string("name")) {
            case "argon2id" ->
                new Argon2id(
                        number(fields, "memory_kib", Argon2id.MEMORY_KIB_MAX),
                        number(fields, "passes", Argon2id.PASSES_MAX),
                        number(fields, "lanes", Argon2id.LANES_MAX),
                        salt(fields, 8, 64));
            case "key-file" -> new KeyFile(salt(fields, Secret.BYTES, Secret.BYTES));
            default ->
                throw new StoreException.Incompatible(
                        "%s has a slot that opens by %s, which this rok does not know: upgrade rok to use it"
                                .formatted(fields.what(), fields.string("name")));
        };
    }

    private static int number(JsonFields fields, String name, int max) {
        var value = fields.integer(name);
        if (value < 1 || value > max) {
            throw fields.corrupt(name, "is %d, not 1 to %d".formatted(value, max));
        }
        return (int) value;
    }

    private static String salt(JsonFields fields, int bytesMin, int bytesMax) {
        var bytes = Hex.parse(fields, "salt");
        if (bytes.length < bytesMin || bytes.length > bytesMax) {
            throw fields.corrupt("salt", "has %d bytes".formatted(bytes.length));
        }
        return HexFormat.of().formatHex(bytes);
    }

    /** Argon2id of RFC 9106, version 1.3. */
    record Argon2id(int memoryKib, int passes, int lanes, String salt) implements Kdf {
        /** What a store may make us take: it fits in the heap of the smallest command. */
        static final int MEMORY_KIB_MAX = 128 << 10;

        static final int PASSES_MAX = 16;
        static final int LANES_MAX = 16;

        public Argon2id {
            if (memoryKib < 8 * lanes || memoryKib > MEMORY_KIB_MAX || passes > PASSES_MAX || lanes > LANES_MAX) {
                throw new StoreException.Corrupt(
                        "A key slot is corrupt: Argon2id can't take %d KiB, %d passes and %d lanes"
                                .formatted(memoryKib, passes, lanes));
            }
        }

        @Override
        public Credential.Kind kind() {
            return Credential.Kind.PASSPHRASE;
        }

        @Override
        public Secret derive(Credential credential) {
            var parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(memoryKib)
                    .withIterations(passes)
                    .withParallelism(lanes)
                    .withSalt(HexFormat.of().parseHex(salt))
                    .build();
            var generator = new Argon2BytesGenerator();
            generator.init(parameters);
            var secret = new byte[Secret.BYTES];
            generator.generateBytes(credential.bytes(), secret);
            return Secret.take(secret);
        }

        @Override
        public JsonValue json() {
            return JsonValue.object()
                    .put("name", "argon2id")
                    .put("memory_kib", memoryKib)
                    .put("passes", passes)
                    .put("lanes", lanes)
                    .put("salt", salt)
                    .end();
        }
    }

    /** A file of random bytes needs no stretching. */
    record KeyFile(String salt) implements Kdf {
        @Override
        public Credential.Kind kind() {
            return Credential.Kind.KEY_FILE;
        }

        @Override
        public Secret derive(Credential credential) {
            try (var extracted = Secret.extract(HexFormat.of().parseHex(salt), credential.bytes())) {
                return extracted.derive("rok key file");
            }
        }

        @Override
        public JsonValue json() {
            return JsonValue.object().put("name", "key-file").put("salt", salt).end();
        }
    }
}
