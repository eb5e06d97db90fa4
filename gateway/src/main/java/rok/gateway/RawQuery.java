package rok.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import rok.snapshot.ByteString;

/**
 * Paths in queries: names inside a version are bytes, so they are percent-decoded to bytes and never pass through a
 * character set.
 */
final class RawQuery {
    private static final String HEX = "0123456789ABCDEF";
    private static final String PLAIN = "-._~";

    private RawQuery() {}

    /** The bytes of a parameter; empty where the query has none. */
    static ByteString bytes(@Nullable String query, String name) {
        for (var part : (query == null ? "" : query).split("&", -1)) {
            if (part.startsWith(name + "=")) {
                return decode(part.substring(name.length() + 1));
            }
        }
        return ByteString.EMPTY;
    }

    private static ByteString decode(String text) {
        var out = new ByteArrayOutputStream(text.length());
        var raw = text.getBytes(StandardCharsets.UTF_8);
        for (var i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                out.write(raw[i]);
                continue;
            }
            var high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            var low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw Problem.usage("A '%' in the path is not followed by two hexadecimal digits");
            }
            out.write(high << 4 | low);
            i += 2;
        }
        return ByteString.of(out.toByteArray());
    }

    /** The path so that it can stand in a query; its slashes stay. */
    static String encode(ByteString path) {
        var out = new StringBuilder();
        for (var i = 0; i < path.length(); i++) {
            var c = (char) (path.at(i) & 0xff);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || PLAIN.indexOf(c) >= 0
                    || c == '/') {
                out.append(c);
            } else {
                out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return out.toString();
    }
}
