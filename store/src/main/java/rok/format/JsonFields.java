package rok.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.format.JsonValue.JsonArray;
import rok.format.JsonValue.JsonBoolean;
import rok.format.JsonValue.JsonInteger;
import rok.format.JsonValue.JsonNull;
import rok.format.JsonValue.JsonObject;
import rok.format.JsonValue.JsonString;

/**
 * Reads the fields of a JSON object by name and type. What is missing or of another type is a
 * {@link StoreException.Corrupt} that names the document and the path of the field.
 *
 * @param what names the document: {@code version record catalog/a/b/c}
 * @param path of this object in it, empty at the top, else ending in a dot
 */
public record JsonFields(String what, String path, JsonObject object) {
    public static JsonFields of(String what, JsonObject object) {
        return new JsonFields(what, "", object);
    }

    /** There is such a field, and it is not null. */
    public boolean has(String name) {
        var value = object.members().get(name);
        return value != null && !(value instanceof JsonNull);
    }

    public String string(String name) {
        return typed(name, JsonString.class, "text").value();
    }

    public Optional<String> optionalString(String name) {
        return has(name) ? Optional.of(string(name)) : Optional.empty();
    }

    public long integer(String name) {
        return typed(name, JsonInteger.class, "an integer").value();
    }

    public boolean bool(String name) {
        return typed(name, JsonBoolean.class, "true or false").value();
    }

    public JsonFields fields(String name) {
        return new JsonFields(what, path + name + ".", typed(name, JsonObject.class, "an object"));
    }

    public Optional<JsonFields> optionalFields(String name) {
        return has(name) ? Optional.of(fields(name)) : Optional.empty();
    }

    /** The objects of an array of objects. */
    public List<JsonFields> list(String name) {
        var list = new ArrayList<JsonFields>();
        for (var item : items(name)) {
            if (!(item instanceof JsonObject child)) {
                throw corrupt(name, "is not an array of objects");
            }
            list.add(new JsonFields(what, path + name + "[" + list.size() + "].", child));
        }
        return list;
    }

    public List<String> strings(String name) {
        var list = new ArrayList<String>();
        for (var item : items(name)) {
            if (!(item instanceof JsonString string)) {
                throw corrupt(name, "is not an array of texts");
            }
            list.add(string.value());
        }
        return list;
    }

    /** The members of an object whose values are all text, in order. */
    public Map<String, String> stringMap(String name) {
        var map = new LinkedHashMap<String, String>();
        var child = fields(name);
        child.object.members().keySet().forEach(key -> map.put(key, child.string(key)));
        return map;
    }

    /** The failure to throw when a field has the right type and still makes no sense. */
    public StoreException.Corrupt corrupt(String name, String problem) {
        return new StoreException.Corrupt("%s is corrupt: its field %s%s %s".formatted(what, path, name, problem));
    }

    private List<JsonValue> items(String name) {
        return typed(name, JsonArray.class, "an array").items();
    }

    private <T extends JsonValue> T typed(String name, Class<T> type, String expected) {
        var value = object.members().get(name);
        if (value == null) {
            throw corrupt(name, "is missing");
        }
        if (!type.isInstance(value)) {
            throw corrupt(name, "is not " + expected);
        }
        return type.cast(value);
    }
}
