package rok.names;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Percent-encoding (RFC 3986) of UTF-8, with strict decoding. */
final class PercentCode {
    private static final String HEX = "0123456789ABCDEF";

    private PercentCode() {}

    static String encode(String text, String safePunctuation) {
        var out = new StringBuilder(text.length() + 16);
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            var c = (char) (b & 0xFF);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || safePunctuation.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return out.toString();
    }

    /** Throws {@link NameException}, naming {@code what}, for a lone {@code %} and for bytes that are not UTF-8. */
    static String decode(String what, String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        var plain = text.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(plain.length);
        for (var i = 0; i < plain.length; i++) {
            if (plain[i] != '%') {
                bytes.put(plain[i]);
                continue;
            }
            var high = i + 2 < plain.length ? Character.digit(plain[i + 1], 16) : -1;
            var low = i + 2 < plain.length ? Character.digit(plain[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new NameException("%s has a '%%' that two hexadecimal digits do not follow: %s"
                        .formatted(what, NameRule.printable(text)));
            }
            bytes.put((byte) ((high << 4) | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes.flip())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new NameException(
                    "%s is not UTF-8 once its '%%' are decoded: %s".formatted(what, NameRule.printable(text)));
        }
    }
}
