package rok.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.JsonTokenId;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import rok.format.JsonValue.JsonArray;
import rok.format.JsonValue.JsonBoolean;
import rok.format.JsonValue.JsonDecimal;
import rok.format.JsonValue.JsonInteger;
import rok.format.JsonValue.JsonNull;
import rok.format.JsonValue.JsonObject;
import rok.format.JsonValue.JsonString;

/**
 * Reads and writes the JSON documents of a store. A document that must not change unseen carries its own checksum as
 * its last member ({@link #seal}); it stays a JSON document that any tool reads.
 */
public final class Json {
    /** Largest document, in bytes. */
    public static final int BYTES_MAX = 16 << 20;

    public static final int DEPTH_MAX = 64;

    /** {@code ,"crc32c":"01234567"}} and a line feed. */
    private static final int SEAL_BYTES = 22;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(BYTES_MAX)
                    .maxNumberLength(64)
                    .build())
            .build();

    private Json() {}

    /** The document in the buffer's remaining bytes. {@code what} names it in messages. */
    public static JsonObject parse(ByteBuffer bytes, String what) {
        var copy = copy(bytes, what);
        return parse(copy, copy.length, what);
    }

    /** The document without white space, and a line feed. */
    public static byte[] write(JsonValue value) {
        var bytes = compact(value);
        bytes.write('\n');
        return bytes.toByteArray();
    }

    /** The document with its checksum as last member, which covers every byte before it. */
    public static byte[] seal(JsonObject value) {
        if (value.members().isEmpty() || value.members().containsKey("crc32c")) {
            throw new IllegalArgumentException("A sealed document has members, none of them crc32c");
        }
        var bytes = compact(value).toByteArray();
        var body = bytes.length - 1;
        var sealed = new ByteWriter(BYTES_MAX).bytes(bytes, 0, body);
        for (var c : sealOf(Checksum.of(bytes, 0, body)).toCharArray()) {
            sealed.u8(c);
        }
        return sealed.toByteArray();
    }

    /** The document that {@link #seal} made, without the checksum; {@link StoreException.Corrupt} if a bit changed. */
    public static JsonObject unseal(ByteBuffer bytes, String what) {
        var copy = copy(bytes, what);
        var body = copy.length - SEAL_BYTES;
        if (body < 1) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: %d bytes are too few for a sealed document".formatted(what, copy.length));
        }
        var expected = sealOf(Checksum.of(copy, 0, body));
        for (var i = 0; i < SEAL_BYTES; i++) {
            if (copy[body + i] != expected.charAt(i)) {
                throw new StoreException.Corrupt("%s is corrupt: it should end with %s, as its other %d bytes demand"
                        .formatted(what, expected.strip(), body));
            }
        }
        copy[body] = '}';
        return parse(copy, body + 1, what);
    }

    private static String sealOf(int checksum) {
        return ",\"crc32c\":\"" + HexFormat.of().toHexDigits(checksum) + "\"}\n";
    }

    private static byte[] copy(ByteBuffer bytes, String what) {
        if (bytes.remaining() > BYTES_MAX) {
            throw new StoreException.Corrupt("%s is corrupt: %d bytes are more than a document may have (%d)"
                    .formatted(what, bytes.remaining(), BYTES_MAX));
        }
        var copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy;
    }

    private static JsonObject parse(byte[] bytes, int length, String what) {
        if (!isUtf8(bytes, length)) {
            throw new StoreException.Corrupt("%s is corrupt: it is not JSON in UTF-8".formatted(what));
        }
        try (var parser = FACTORY.createParser(bytes, 0, length)) {
            parser.nextToken();
            if (read(parser) instanceof JsonObject object && parser.nextToken() == null) {
                return object;
            }
            throw new StoreException.Corrupt("%s is corrupt: it is not one JSON object".formatted(what));
        } catch (JsonProcessingException e) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: %s at byte %d"
                            .formatted(
                                    what,
                                    e.getOriginalMessage(),
                                    e.getLocation() == null
                                            ? 0
                                            : e.getLocation().getByteOffset()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tokenizer would guess UTF-16 or UTF-32 from a byte order mark or a zero byte among the first four. */
    private static boolean isUtf8(byte[] bytes, int length) {
        var isUtf8 = length == 0 || bytes[0] >= 0;
        for (var i = 0; i < Math.min(4, length); i++) {
            isUtf8 &= bytes[i] != 0;
        }
        return isUtf8;
    }

    private static JsonValue read(JsonParser parser) throws IOException {
        return switch (parser.currentTokenId()) {
            case JsonTokenId.ID_START_OBJECT -> {
                var members = new LinkedHashMap<String, JsonValue>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var name = parser.currentName();
                    parser.nextToken();
                    members.put(name, read(parser));
                }
                yield new JsonObject(members);
            }
            case JsonTokenId.ID_START_ARRAY -> {
                var items = new ArrayList<JsonValue>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(parser));
                }
                yield new JsonArray(items);
            }
            case JsonTokenId.ID_STRING -> new JsonString(parser.getText());
            case JsonTokenId.ID_NUMBER_INT -> new JsonInteger(parser.getLongValue());
            case JsonTokenId.ID_NUMBER_FLOAT -> new JsonDecimal(parser.getDoubleValue());
            case JsonTokenId.ID_TRUE -> new JsonBoolean(true);
            case JsonTokenId.ID_FALSE -> new JsonBoolean(false);
            case JsonTokenId.ID_NULL -> new JsonNull();
            default -> throw new JsonParserEnd(parser);
        };
    }

    private static ByteArrayOutputStream compact(JsonValue value) {
        var bytes = new ByteArrayOutputStream();
        try (var generator = FACTORY.createGenerator(bytes)) {
            write(value, generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    private static void write(JsonValue value, JsonGenerator out) throws IOException {
        switch (value) {
            case JsonObject object -> {
                out.writeStartObject();
                for (var member : object.members().entrySet()) {
                    out.writeFieldName(member.getKey());
                    write(member.getValue(), out);
                }
                out.writeEndObject();
            }
            case JsonArray array -> {
                out.writeStartArray();
                for (var item : array.items()) {
                    write(item, out);
                }
                out.writeEndArray();
            }
            case JsonString string -> out.writeString(string.value());
            case JsonInteger integer -> out.writeNumber(integer.value());
            case JsonDecimal decimal -> out.writeNumber(decimal.value());
            case JsonBoolean bool -> out.writeBoolean(bool.value());
            case JsonNull _ -> out.writeNull();
        }
    }

    /** There is no value where one should be. */
    private static final class JsonParserEnd extends JsonProcessingException {
        private static final long serialVersionUID = 1L;

        JsonParserEnd(JsonParser parser) {
            super("it ends early", parser.currentLocation());
        }
    }
}
