package rok.linux;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable string of bytes: a file's name, a path below some folder, the target of a symbolic link, the value of an
 * extended attribute. Linux gives these no encoding, so neither does this; ordered as unsigned bytes.
 */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Bytes of(String utf8) {
        return new Bytes(utf8.getBytes(StandardCharsets.UTF_8));
    }

    public static Bytes of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
    }

    public static Bytes of(byte[] bytes, int from, int to) {
        return from == to ? EMPTY : new Bytes(Arrays.copyOfRange(bytes, from, to));
    }

    /** For arrays made in this package that nobody else holds. */
    static Bytes owned(byte[] bytes) {
        return new Bytes(bytes);
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

    public byte[] toArray() {
        return bytes.clone();
    }

    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }

    public void writeTo(ByteBuffer target) {
        target.put(bytes);
    }

    public Bytes slice(int from, int to) {
        return of(bytes, from, to);
    }

    /** This path, a slash, and the name; the name alone where this is empty (the top of a volume). */
    public Bytes child(Bytes name) {
        if (bytes.length == 0) {
            return name;
        }
        var joined = Arrays.copyOf(bytes, bytes.length + 1 + name.bytes.length);
        joined[bytes.length] = '/';
        name.copyTo(joined, bytes.length + 1);
        return new Bytes(joined);
    }

    /** What stands after the last slash. */
    public Bytes lastName() {
        return of(bytes, lastSlash() + 1, bytes.length);
    }

    /** What stands before the last slash; empty for a path without one. */
    public Bytes parent() {
        return of(bytes, 0, Math.max(0, lastSlash()));
    }

    private int lastSlash() {
        var at = bytes.length - 1;
        while (at >= 0 && bytes[at] != '/') {
            at--;
        }
        return at;
    }

    /** Whether it can be the name of one file in a folder: 1 to 255 bytes, no slash, no NUL, not {@code .} or {@code ..}. */
    public boolean isFileName() {
        if (bytes.length == 0 || bytes.length > 255) {
            return false;
        }
        for (var b : bytes) {
            if (b == '/' || b == 0) {
                return false;
            }
        }
        return !(bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.')));
    }

    public boolean startsWith(Bytes prefix) {
        var length = prefix.bytes.length;
        return bytes.length >= length && Arrays.equals(bytes, 0, length, prefix.bytes, 0, length);
    }

    /** Compares with a range of an array that is not copied. */
    public int compareTo(byte[] other, int from, int to) {
        return Arrays.compareUnsigned(bytes, 0, bytes.length, other, from, to);
    }

    byte[] array() {
        return bytes;
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people: UTF-8 is shown as text; other bytes, control characters and backslashes as {@code \xNN}. */
    @Override
    public String toString() {
        var shown = new StringBuilder(bytes.length);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        var decoder = StandardCharsets.UTF_8.newDecoder().onUnmappableCharacter(CodingErrorAction.REPORT);
        while (in.hasRemaining()) {
            var result = decoder.decode(in, out, true);
            out.flip();
            appendText(shown, out);
            out.clear();
            for (var i = 0; result.isMalformed() && i < result.length(); i++) {
                appendByte(shown, in.get());
            }
            decoder.reset();
        }
        return shown.toString();
    }

    private static void appendText(StringBuilder shown, CharBuffer text) {
        while (text.hasRemaining()) {
            var c = text.get();
            if (c == '\\' || c < 0x20 || c == 0x7f) {
                appendByte(shown, (byte) c);
            } else if (Character.getType(c) == Character.CONTROL || Character.getType(c) == Character.FORMAT) {
                for (var b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
                    appendByte(shown, b);
                }
            } else {
                shown.append(c);
            }
        }
    }

    private static void appendByte(StringBuilder shown, byte b) {
        shown.append("\\x").append(HexFormat.of().toHexDigits(b));
    }

    /** The text, where it is UTF-8. */
    public String utf8() throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
