package rok.gateway;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What stored bytes are found to be. A name never makes them more than that: it only chooses how a text is laid out, and
 * every answer is a sandbox without scripts anyway.
 *
 * @param kind what the page does with it: {@code text}, {@code csv}, {@code notebook}, {@code html}, {@code image} or
 *     {@code binary}
 */
record ContentKind(String kind, String type) {
    /** How many bytes from the start decide. */
    static final int SAMPLE_BYTES = 8192;

    private static final String UTF_8 = "; charset=utf-8";
    private static final ContentKind BINARY = new ContentKind("binary", "application/octet-stream");

    /** @param whole whether the sample is all there is: a text may otherwise end within a character */
    static ContentKind of(String name, byte[] sample, boolean whole) {
        var image = image(sample);
        if (!image.isEmpty()) {
            return new ContentKind("image", image);
        }
        if (sample.length == 0) {
            return new ContentKind("text", "text/plain" + UTF_8);
        }
        if (starts(sample, 0, 0xff, 0xfe) || starts(sample, 0, 0xfe, 0xff)) {
            return new ContentKind("text", "text/plain; charset=utf-16");
        }
        if (!hasOnlyText(sample)) {
            return BINARY;
        }
        return isUtf8(sample, whole)
                ? text(name.toLowerCase(Locale.ROOT), new String(sample, StandardCharsets.UTF_8))
                : new ContentKind(
                        isTable(name.toLowerCase(Locale.ROOT)) ? "csv" : "text", "text/plain; charset=windows-1252");
    }

    private static ContentKind text(String name, String sample) {
        var start = sample.stripLeading();
        if (name.endsWith(".ipynb") && start.startsWith("{")) {
            return new ContentKind("notebook", "application/json" + UTF_8);
        }
        if (name.endsWith(".svg") && start.startsWith("<") && sample.contains("<svg")) {
            return new ContentKind("image", "image/svg+xml");
        }
        if ((name.endsWith(".html") || name.endsWith(".htm")) && start.startsWith("<")) {
            return new ContentKind("html", "text/html" + UTF_8);
        }
        return new ContentKind(isTable(name) ? "csv" : "text", "text/plain" + UTF_8);
    }

    private static boolean isTable(String name) {
        return name.endsWith(".csv") || name.endsWith(".tsv");
    }

    private static String image(byte[] b) {
        if (starts(b, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
            return "image/png";
        }
        if (starts(b, 0, 0xff, 0xd8, 0xff)) {
            return "image/jpeg";
        }
        if (starts(b, 0, 'G', 'I', 'F', '8')) {
            return "image/gif";
        }
        if (starts(b, 0, 'R', 'I', 'F', 'F') && starts(b, 8, 'W', 'E', 'B', 'P')) {
            return "image/webp";
        }
        if (starts(b, 4, 'f', 't', 'y', 'p', 'a', 'v', 'i', 'f')) {
            return "image/avif";
        }
        return "";
    }

    private static boolean starts(byte[] bytes, int at, int... wanted) {
        if (bytes.length < at + wanted.length) {
            return false;
        }
        for (var i = 0; i < wanted.length; i++) {
            if ((bytes[at + i] & 0xff) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    /** No control characters but those that texts and terminals' logs have. */
    private static boolean hasOnlyText(byte[] sample) {
        for (var b : sample) {
            var isControl = (b >= 0 && b < ' ') || b == 0x7f;
            if (isControl && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != '\b' && b != 0x1b) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUtf8(byte[] sample, boolean whole) {
        var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
        return !decoder.decode(ByteBuffer.wrap(sample), CharBuffer.allocate(sample.length), whole)
                .isError();
    }
}
