package rok.repository;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import rok.chunk.Chunker;
import rok.format.Json;
import rok.format.JsonFields;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.object.ObjectKey;

/**
 * What {@code rok.json} says: fixed when the repository is created.
 *
 * @param id 32 random hex digits, by which local caches tell repositories apart
 */
record Parameters(String id) {
    static final ObjectKey KEY = new ObjectKey("rok.json");

    private static final int FORMAT = 1;
    private static final String DIGEST = "sha-256";

    static Parameters random(RandomGenerator random) {
        return new Parameters("%016x%016x".formatted(random.nextLong(), random.nextLong()));
    }

    byte[] encode() {
        return Json.seal(JsonValue.object()
                .put("format", FORMAT)
                .put("id", id)
                .put("digest", DIGEST)
                .put("chunking", chunking())
                .end());
    }

    static Parameters decode(ByteBuffer bytes, String where) {
        var fields = JsonFields.of(KEY + " of the store in " + where, Json.unseal(bytes, KEY + " in " + where));
        var format = fields.integer("format");
        if (format > FORMAT) {
            throw new StoreException.Incompatible(
                    "The store in %s has format %d, and this rok knows up to %d: upgrade rok to use it"
                            .formatted(where, format, FORMAT));
        }
        if (format < 1) {
            throw fields.corrupt("format", "is " + format);
        }
        var chunking = fields.fields("chunking");
        if (!fields.string("digest").equals(DIGEST)
                || !chunking.string("rule").equals(Chunker.RULE)
                || chunking.integer("min") != Chunker.CHUNK_BYTES_MIN
                || chunking.integer("average") != Chunker.CHUNK_BYTES_AVERAGE
                || chunking.integer("max") != Chunker.CHUNK_BYTES_MAX) {
            throw new StoreException.Incompatible(
                    "The store in %s names and cuts its chunks in a way that this rok does not know: upgrade rok to use it"
                            .formatted(where));
        }
        var id = fields.string("id");
        if (id.length() != 32 || !id.chars().allMatch(HexFormat::isHexDigit)) {
            throw fields.corrupt("id", "has not 32 hex digits");
        }
        return new Parameters(id);
    }

    private static JsonValue.JsonObject chunking() {
        return JsonValue.object()
                .put("rule", Chunker.RULE)
                .put("min", Chunker.CHUNK_BYTES_MIN)
                .put("average", Chunker.CHUNK_BYTES_AVERAGE)
                .put("max", Chunker.CHUNK_BYTES_MAX)
                .end();
    }
}
