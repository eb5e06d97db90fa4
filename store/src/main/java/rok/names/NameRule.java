package rok.names;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** What every name obeys: text that a person can read, of bounded length, that cannot leave its place in a path. */
final class NameRule {
    private NameRule() {}

    /** Returns the name in its one spelling (Unicode's NFC), or throws and says what is wrong with the {@code kind}. */
    static String check(String kind, String name, int bytesMax) {
        if (name.isBlank()) {
            throw new NameException(kind + " is empty");
        }
        // Before anything walks or copies it: names come from the network too
        if (name.length() > bytesMax) {
            throw new NameException("%s has %,d characters; at most %d bytes are allowed: %s…"
                    .formatted(kind, name.length(), bytesMax, printable(name.substring(0, 20))));
        }
        if (name.equals(".") || name.equals("..")) {
            throw new NameException(
                    "%s must not be '%s': that names a place in a folder, not a thing".formatted(kind, name));
        }
        name.codePoints().forEach(c -> checkCodePoint(kind, name, c));
        if (Character.isWhitespace(name.charAt(0)) || Character.isWhitespace(name.charAt(name.length() - 1))) {
            throw new NameException("%s begins or ends with a space: '%s'".formatted(kind, name));
        }
        var normal = isAscii(name) ? name : Normalizer.normalize(name, Normalizer.Form.NFC);
        var bytes = normal.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > bytesMax) {
            throw new NameException(
                    "%s takes %d bytes in UTF-8, at most %d are allowed: %s".formatted(kind, bytes, bytesMax, name));
        }
        return normal;
    }

    private static void checkCodePoint(String kind, String name, int c) {
        if (c == '/' || c == '\\') {
            throw new NameException("%s must not contain '%c': %s".formatted(kind, c, printable(name)));
        }
        var type = Character.getType(c);
        // FORMAT covers the characters that turn the reading direction round, which make one name look like another
        if (type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR) {
            throw new NameException(
                    "%s has a character that cannot be shown, U+%04X: %s".formatted(kind, c, printable(name)));
        }
    }

    /** The text with everything that could upset a terminal replaced. */
    static String printable(String text) {
        var shown = new StringBuilder();
        text.codePoints().limit(200).forEach(c -> {
            var type = Character.getType(c);
            var hidden = type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
            shown.appendCodePoint(hidden ? '\uFFFD' : c);
        });
        return shown.toString();
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
