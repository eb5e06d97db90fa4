package rok.keys;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import rok.cipher.DataRoots;
import rok.format.Json;
import rok.format.JsonFields;
import rok.format.JsonValue;
import rok.format.StoreException;

/**
 * What lies below {@code keys/}: the slots, and the ring as it is encrypted.
 *
 * @param strange slots that this rok can't open with anything: it keeps its hands off such a document
 * @param ring hex digits
 */
record KeyDocument(int generation, List<Slot> slots, Optional<StoreException.Incompatible> strange, String ring) {
    static final int SLOTS_MAX = 16;

    private static final int FORMAT = 1;
    private static final int BYTES_MAX = 1 << 20;
    private static final int RING_BYTES_MIN = 32 + 16;

    KeyDocument {
        slots = List.copyOf(slots);
    }

    byte[] encode() {
        return Json.seal(JsonValue.object()
                .put("kind", "keys")
                .put("format", FORMAT)
                .put("generation", generation)
                .put("slots", JsonValue.of(slots.stream().map(KeyDocument::json).toList()))
                .put("ring", ring)
                .end());
    }

    private static JsonValue json(Slot slot) {
        return JsonValue.object()
                .put("id", slot.id())
                .put("kdf", slot.kdf().json())
                .put("encapsulated", slot.encapsulated())
                .put("master", slot.master())
                .end();
    }

    /** Bounded before anything is believed; a slot of an unknown kind does not hide the others. */
    static KeyDocument decode(ByteBuffer bytes, String what) {
        if (bytes.remaining() > BYTES_MAX) {
            throw new StoreException.Corrupt("%s is corrupt: %d bytes are more than keys may have (%d)"
                    .formatted(what, bytes.remaining(), BYTES_MAX));
        }
        var fields = JsonFields.of(what, Json.unseal(bytes, what));
        if (!fields.string("kind").equals("keys")) {
            throw fields.corrupt("kind", "is not keys");
        }
        if (fields.integer("format") > FORMAT) {
            throw new StoreException.Incompatible(
                    "%s has format %d, and this rok knows up to %d: upgrade rok to read it"
                            .formatted(what, fields.integer("format"), FORMAT));
        }
        if (fields.integer("format") < 1) {
            throw fields.corrupt("format", "is " + fields.integer("format"));
        }
        var generation = fields.integer("generation");
        if (generation < 1 || generation > DataRoots.GENERATIONS_MAX) {
            throw fields.corrupt("generation", "is %d".formatted(generation));
        }
        var listed = fields.list("slots");
        if (listed.isEmpty() || listed.size() > SLOTS_MAX) {
            throw fields.corrupt("slots", "has %d slots, not 1 to %d".formatted(listed.size(), SLOTS_MAX));
        }
        var ring = Hex.parse(fields, "ring");
        if (ring.length < RING_BYTES_MIN) {
            throw fields.corrupt("ring", "has %d bytes".formatted(ring.length));
        }
        var slots = new ArrayList<Slot>();
        var strange = Optional.<StoreException.Incompatible>empty();
        for (var slot : listed) {
            try {
                slots.add(slot(slot));
            } catch (StoreException.Incompatible e) {
                strange = Optional.of(e);
            }
        }
        var ids = new HashSet<String>();
        if (!slots.stream().allMatch(slot -> ids.add(slot.id()))) {
            throw fields.corrupt("slots", "has two of one id");
        }
        return new KeyDocument((int) generation, slots, strange, HexFormat.of().formatHex(ring));
    }

    private static Slot slot(JsonFields fields) {
        return new Slot(
                Hex.text(fields, "id", Slot.ID_BYTES),
                Kdf.parse(fields.fields("kdf")),
                Hex.text(fields, "encapsulated", Slot.ENCAPSULATED_BYTES),
                Hex.text(fields, "master", Slot.MASTER_BYTES));
    }
}
