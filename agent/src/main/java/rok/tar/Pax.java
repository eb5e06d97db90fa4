package rok.tar;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;

/** The records of an extended header. */
final class Pax {
    private static final String XATTR = "SCHILY.xattr.";
    private static final int NUMBER_LENGTH_MAX = 64;

    private final Map<String, byte[]> records = new HashMap<>();

    /** What stands in {@code bytes} takes the place of what was there; an empty value takes a record away, but an attribute's. */
    void read(byte[] bytes) throws TarException {
        for (var at = 0; at < bytes.length; ) {
            var space = at;
            var length = 0;
            while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9' && space - at < 8) {
                length = 10 * length + bytes[space] - '0';
                space++;
            }
            var end = at + length;
            if (space >= bytes.length
                    || bytes[space] != ' '
                    || end <= space
                    || end > bytes.length
                    || bytes[end - 1] != '\n') {
                throw new TarException("a broken record at byte %d of an extended header".formatted(at));
            }
            record(bytes, space + 1, end - 1);
            at = end;
        }
    }

    private void record(byte[] bytes, int from, int to) throws TarException {
        var equals = from;
        while (equals < to && bytes[equals] != '=') {
            equals++;
        }
        if (equals == to) {
            throw new TarException("an extended header's record without '='");
        }
        // Names of attributes are bytes, all others ASCII
        var key = new String(bytes, from, equals - from, StandardCharsets.ISO_8859_1);
        if (equals + 1 == to && !key.startsWith(XATTR)) {
            records.remove(key);
        } else {
            records.put(key, Arrays.copyOfRange(bytes, equals + 1, to));
        }
    }

    void clear() {
        records.clear();
    }

    Optional<ByteString> bytes(String key) {
        return Optional.ofNullable(records.get(key)).map(ByteString::of);
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(records.get(key)).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    boolean has(String key) {
        return records.containsKey(key);
    }

    /** A whole number from 0 on. */
    Optional<Long> number(String key) throws TarException {
        var text = text(key);
        return text.isEmpty() ? Optional.empty() : Optional.of(parse(key, text.get()));
    }

    /** A list of whole numbers with commas between. */
    List<Long> numbers(String key) throws TarException {
        var numbers = new ArrayList<Long>();
        for (var text : text(key).orElse("").split(",", -1)) {
            numbers.add(parse(key, text));
        }
        return numbers;
    }

    private static long parse(String key, String text) throws TarException {
        try {
            var value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Told below
        }
        throw new TarException("%s is not a number from 0 on".formatted(key));
    }

    /** Seconds since 1970, with a fraction. */
    Optional<Instant> time(String key) throws TarException {
        var text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (text.get().length() > NUMBER_LENGTH_MAX
                    || text.get().indexOf('e') >= 0
                    || text.get().indexOf('E') >= 0) {
                throw new NumberFormatException();
            }
            var exact = new BigDecimal(text.get());
            var seconds = exact.setScale(0, RoundingMode.FLOOR);
            var nanos = exact.subtract(seconds).movePointRight(9).intValue();
            return Optional.of(Instant.ofEpochSecond(seconds.longValueExact(), nanos));
        } catch (ArithmeticException | NumberFormatException | DateTimeException _) {
            throw new TarException("%s is not a time".formatted(key));
        }
    }

    /** Ascending by name. */
    List<Attributes.Xattr> xattrs() {
        var found = new TreeMap<ByteString, Attributes.Xattr>();
        records.forEach((key, value) -> {
            if (key.startsWith(XATTR) && key.length() > XATTR.length()) {
                var name = key.substring(XATTR.length()).replace("%3D", "=").replace("%25", "%");
                var bytes = ByteString.of(name.getBytes(StandardCharsets.ISO_8859_1));
                found.put(bytes, new Attributes.Xattr(bytes, ByteString.of(value)));
            }
        });
        return List.copyOf(found.values());
    }
}
