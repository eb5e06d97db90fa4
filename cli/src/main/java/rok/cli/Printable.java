package rok.cli;

/** Texts from stores and notebooks, made safe to print: a name must not move the cursor or clear the screen. */
final class Printable {
    private Printable() {}

    /** Control characters but the line feed and the tab become {@code \xNN}. */
    static String of(String text) {
        var clean = true;
        for (var i = 0; i < text.length() && clean; i++) {
            clean = isFine(text.charAt(i));
        }
        if (clean) {
            return text;
        }
        var safe = new StringBuilder(text.length() + 16);
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            safe.append(isFine(c) ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return safe.toString();
    }

    private static boolean isFine(char c) {
        return c == '\n' || c == '\t' || !(Character.isISOControl(c) || isBidi(c));
    }

    // Overrides of the writing direction make a name read as another one.
    private static boolean isBidi(char c) {
        return (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
    }
}
