package rok.keys;

import java.util.HexFormat;
import rok.format.JsonFields;

/** Bytes in JSON. */
final class Hex {
    private Hex() {}

    static byte[] parse(JsonFields fields, String name) {
        try {
            return HexFormat.of().parseHex(fields.string(name));
        } catch (IllegalArgumentException _) {
            throw fields.corrupt(name, "is not hexadecimal");
        }
    }

    /** So many bytes, as lower-case digits. */
    static String text(JsonFields fields, String name, int bytes) {
        var parsed = parse(fields, name);
        if (parsed.length != bytes) {
            throw fields.corrupt(name, "has %d bytes, not %d".formatted(parsed.length, bytes));
        }
        return HexFormat.of().formatHex(parsed);
    }
}
