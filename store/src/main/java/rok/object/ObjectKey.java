package rok.object;

/**
 * The name of an object: segments joined by {@code /}, each of {@code [A-Za-z0-9._%~+=@-]}, none empty, {@code .} or
 * {@code ..}. A prefix for listing may end in {@code /}. At most 1,024 characters, each segment at most 220, so that
 * every key is also a path in a folder.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    public static final int LENGTH_MAX = 1024;
    public static final int SEGMENT_LENGTH_MAX = 220;

    public ObjectKey {
        if (value.isEmpty() || value.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "An object key has 1 to %d characters, not %d".formatted(LENGTH_MAX, value.length()));
        }
        var start = 0;
        for (var i = 0; i <= value.length(); i++) {
            if (i < value.length() && value.charAt(i) != '/') {
                if (!allowed(value.charAt(i))) {
                    throw new IllegalArgumentException(
                            "Object key %s has a character that is not allowed at %d".formatted(value, i));
                }
                continue;
            }
            var length = i - start;
            var trailing = i == value.length() && i > 0 && value.charAt(i - 1) == '/';
            if ((length == 0 && !trailing)
                    || length > SEGMENT_LENGTH_MAX
                    || (length == 1 && value.charAt(start) == '.')
                    || (length == 2 && value.startsWith("..", start))) {
                throw new IllegalArgumentException("Object key %s has a bad segment at %d".formatted(value, start));
            }
            start = i + 1;
        }
    }

    private static boolean allowed(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._%~+=@-".indexOf(c) >= 0;
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
