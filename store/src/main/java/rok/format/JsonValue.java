package rok.format;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON value. Objects keep the order of their members. Read typed fields through {@link JsonFields}. */
public sealed interface JsonValue {
    record JsonObject(Map<String, JsonValue> members) implements JsonValue {
        public JsonObject {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    record JsonArray(List<JsonValue> items) implements JsonValue {
        public JsonArray {
            items = List.copyOf(items);
        }
    }

    record JsonString(String value) implements JsonValue {}

    /** A number without fraction or exponent that fits 64 bits. */
    record JsonInteger(long value) implements JsonValue {}

    record JsonDecimal(double value) implements JsonValue {}

    record JsonBoolean(boolean value) implements JsonValue {}

    record JsonNull() implements JsonValue {}

    static JsonValue of(String value) {
        return new JsonString(value);
    }

    static JsonValue of(long value) {
        return new JsonInteger(value);
    }

    static JsonValue of(boolean value) {
        return new JsonBoolean(value);
    }

    static JsonValue of(List<? extends JsonValue> items) {
        return new JsonArray(List.copyOf(items));
    }

    static JsonValue ofStrings(List<String> items) {
        return new JsonArray(items.stream().map(JsonValue::of).toList());
    }

    /** Of text values, in the map's order. */
    static JsonObject ofStrings(Map<String, String> members) {
        var object = object();
        members.forEach(object::put);
        return object.end();
    }

    /** Starts an object. */
    static Members object() {
        return new Members();
    }

    /** Collects the members of an object, in order. */
    final class Members {
        private final Map<String, JsonValue> members = new LinkedHashMap<>();

        private Members() {}

        public Members put(String name, JsonValue value) {
            if (members.putIfAbsent(name, value) != null) {
                throw new IllegalArgumentException("An object has one member " + name);
            }
            return this;
        }

        public Members put(String name, String value) {
            return put(name, JsonValue.of(value));
        }

        public Members put(String name, long value) {
            return put(name, JsonValue.of(value));
        }

        public Members put(String name, boolean value) {
            return put(name, JsonValue.of(value));
        }

        public JsonObject end() {
            return new JsonObject(members);
        }
    }
}
