package rok.repository;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import rok.chunk.Chunker;
import rok.cipher.Share;
import rok.format.Json;
import rok.format.JsonFields;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.object.ObjectKey;

/**
 * What {@code rok.json} says: fixed when the repository is created.
 *
 * @param id 32 random hex digits, by which local caches tell repositories apart
 * @param encryption empty where everything lies in the open
 */
record Parameters(String id, Optional<Encryption> encryption) {
    static final ObjectKey KEY = new ObjectKey("rok.json");

    private static final int OPEN_FORMAT = 1;
    private static final int ENCRYPTED_FORMAT = 2;
    private static final String DIGEST = "sha-256";
    private static final String KEYED_DIGEST = "hmac-sha-256";
    private static final String CIPHER = "aes-256-gcm";
    private static final int HEX_DIGITS = 32;

    /**
     * How a repository is encrypted.
     *
     * @param keys the name of its key document, 32 hex digits
     */
    record Encryption(Share share, String keys) {}

    static Parameters random(RandomGenerator random) {
        return new Parameters(randomHex(random), Optional.empty());
    }

    static Parameters random(RandomGenerator random, Share share) {
        return new Parameters(randomHex(random), Optional.of(new Encryption(share, randomHex(random))));
    }

    private static String randomHex(RandomGenerator random) {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }

    byte[] encode() {
        var members = JsonValue.object()
                .put("format", encryption.isEmpty() ? OPEN_FORMAT : ENCRYPTED_FORMAT)
                .put("id", id)
                .put("digest", encryption.isEmpty() ? DIGEST : KEYED_DIGEST)
                .put("chunking", chunking(encryption.isEmpty() ? Chunker.RULE : Chunker.KEYED_RULE));
        encryption.ifPresent(how -> members.put(
                "encryption",
                JsonValue.object()
                        .put("cipher", CIPHER)
                        .put("share", how.share().text())
                        .put("keys", how.keys())
                        .end()));
        return Json.seal(members.end());
    }

    static Parameters decode(ByteBuffer bytes, String where) {
        var fields = JsonFields.of(KEY + " of the store in " + where, Json.unseal(bytes, KEY + " in " + where));
        var format = fields.integer("format");
        if (format > ENCRYPTED_FORMAT) {
            throw new StoreException.Incompatible(
                    "The store in %s has format %d, and this rok knows up to %d: upgrade rok to use it"
                            .formatted(where, format, ENCRYPTED_FORMAT));
        }
        if (format < 1) {
            throw fields.corrupt("format", "is " + format);
        }
        var isOpen = format == OPEN_FORMAT;
        var chunking = fields.fields("chunking");
        if (!fields.string("digest").equals(isOpen ? DIGEST : KEYED_DIGEST)
                || !chunking.string("rule").equals(isOpen ? Chunker.RULE : Chunker.KEYED_RULE)
                || chunking.integer("min") != Chunker.CHUNK_BYTES_MIN
                || chunking.integer("average") != Chunker.CHUNK_BYTES_AVERAGE
                || chunking.integer("max") != Chunker.CHUNK_BYTES_MAX) {
            throw unknown(where);
        }
        return new Parameters(
                hex(fields, "id"),
                isOpen ? Optional.empty() : Optional.of(encryption(fields.fields("encryption"), where)));
    }

    private static Encryption encryption(JsonFields fields, String where) {
        var share = Share.parse(fields.string("share"));
        if (!fields.string("cipher").equals(CIPHER) || share.isEmpty()) {
            throw unknown(where);
        }
        return new Encryption(share.get(), hex(fields, "keys"));
    }

    private static String hex(JsonFields fields, String name) {
        var text = fields.string(name);
        if (text.length() != HEX_DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw fields.corrupt(name, "has not %d hex digits".formatted(HEX_DIGITS));
        }
        return text;
    }

    private static StoreException.Incompatible unknown(String where) {
        return new StoreException.Incompatible(
                "The store in %s names, cuts or encrypts its chunks in a way that this rok does not know: upgrade rok to use it"
                        .formatted(where));
    }

    private static JsonValue.JsonObject chunking(String rule) {
        return JsonValue.object()
                .put("rule", rule)
                .put("min", Chunker.CHUNK_BYTES_MIN)
                .put("average", Chunker.CHUNK_BYTES_AVERAGE)
                .put("max", Chunker.CHUNK_BYTES_MAX)
                .end();
    }
}
