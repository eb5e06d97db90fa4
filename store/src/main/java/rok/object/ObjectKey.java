package rok.object;

import java.nio.charset.StandardCharsets;

/**
 * The name of an object: segments joined by {@code /}, each of {@code [A-Za-z0-9._%~+=@-]}, none empty, {@code .} or
 * {@code ..}. A prefix for listing may end in {@code /}. At most 1,024 characters, each segment at most 220, so that
 * every key is also a path in a folder.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    public static final int LENGTH_MAX = 1024;
    public static final int SEGMENT_LENGTH_MAX = 220;

    private static final boolean[] ALLOWED = allowed();

    public ObjectKey {
        if (value.isEmpty() || value.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "An object key has 1 to %d characters, not %d".formatted(LENGTH_MAX, value.length()));
        }
        // Over bytes, by a table: listings check a hundred characters for each of tens of thousands of names. What is
        // not in Latin-1 becomes a question mark, which is not allowed
        var characters = value.getBytes(StandardCharsets.ISO_8859_1);
        var start = 0;
        for (var i = 0; i <= characters.length; i++) {
            if (i < characters.length && characters[i] != '/') {
                if (!ALLOWED[characters[i] & 0xff]) {
                    throw new IllegalArgumentException(
                            "Object key %s has a character that is not allowed at %d".formatted(value, i));
                }
                continue;
            }
            var length = i - start;
            var trailing = i == characters.length && i > 0 && characters[i - 1] == '/';
            if ((length == 0 && !trailing)
                    || length > SEGMENT_LENGTH_MAX
                    || (length == 1 && characters[start] == '.')
                    || (length == 2 && value.startsWith("..", start))) {
                throw new IllegalArgumentException("Object key %s has a bad segment at %d".formatted(value, start));
            }
            start = i + 1;
        }
    }

    private static boolean[] allowed() {
        var allowed = new boolean[256];
        for (var c : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%~+=@-".toCharArray()) {
            allowed[c] = true;
        }
        return allowed;
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
