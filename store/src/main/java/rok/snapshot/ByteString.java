package rok.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable byte string: a file's name, a link's target, an attribute's value. File names are bytes on Linux, not
 * text; {@link #toString} shows them as UTF-8 and the bytes that are not (and control characters) as {@code \xNN}.
 */
public final class ByteString implements Comparable<ByteString> {
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    private final byte[] bytes;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    public static ByteString of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new ByteString(bytes.clone());
    }

    public static ByteString of(byte[] bytes, int offset, int length) {
        return length == 0 ? EMPTY : new ByteString(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    public static ByteString utf8(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] toArray() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    public byte at(int index) {
        return bytes[index];
    }

    /** This path, a slash, and the name; the name alone where this is empty. */
    public ByteString child(ByteString name) {
        if (isEmpty()) {
            return name;
        }
        var joined = Arrays.copyOf(bytes, bytes.length + 1 + name.bytes.length);
        joined[bytes.length] = '/';
        name.copyTo(joined, bytes.length + 1);
        return new ByteString(joined);
    }

    void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }

    /** Orders by unsigned bytes. */
    @Override
    public int compareTo(ByteString other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        var text = new String(bytes, StandardCharsets.UTF_8);
        var plain = text.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '\\' || c == 0xfffd);
        return plain ? text : escaped();
    }

    private String escaped() {
        var out = new StringBuilder();
        var at = 0;
        while (at < bytes.length) {
            var length = sequence(at);
            if (length == 0) {
                out.append("\\x%02x".formatted(bytes[at] & 0xff));
                at++;
            } else {
                out.append(new String(bytes, at, length, StandardCharsets.UTF_8));
                at += length;
            }
        }
        return out.toString();
    }

    /** How many bytes from {@code at} are one printable UTF-8 character; 0 for none. */
    private int sequence(int at) {
        for (var length = 1; length <= Math.min(4, bytes.length - at); length++) {
            var text = new String(bytes, at, length, StandardCharsets.UTF_8);
            if (text.codePointCount(0, text.length()) == 1 && text.charAt(0) != 0xfffd) {
                var c = text.charAt(0);
                return c < ' ' || c == 0x7f || c == '\\' ? 0 : length;
            }
        }
        return 0;
    }
}
