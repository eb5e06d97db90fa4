package rok.keys;

import java.util.Arrays;
import java.util.Optional;
import rok.cipher.Secret;

/** What somebody opens a slot with: a passphrase or the bytes of a key file. Forgets them when it is closed. */
public final class Credential implements AutoCloseable {
    public static final int PASSPHRASE_BYTES_MAX = 1024;

    /** What a credential is; slots open with their kind only. */
    public enum Kind {
        PASSPHRASE(1),
        KEY_FILE(2);

        /** In the ring. */
        final int code;

        Kind(int code) {
            this.code = code;
        }

        static Optional<Kind> of(int code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }

    private final Kind kind;
    private final byte[] bytes;

    private Credential(Kind kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /** Takes the UTF-8 over. Throws {@link IllegalArgumentException} for none, and for too many bytes. */
    public static Credential passphrase(byte[] utf8) {
        if (utf8.length < 1 || utf8.length > PASSPHRASE_BYTES_MAX) {
            Arrays.fill(utf8, (byte) 0);
            throw new IllegalArgumentException(
                    "A passphrase has 1 to %d bytes, not %d".formatted(PASSPHRASE_BYTES_MAX, utf8.length));
        }
        return new Credential(Kind.PASSPHRASE, utf8);
    }

    /** Takes the bytes of a key file over, of which there are 32. */
    public static Credential keyFile(byte[] content) {
        if (content.length != Secret.BYTES) {
            throw new IllegalArgumentException(
                    "A key file has %d bytes, not %d".formatted(Secret.BYTES, content.length));
        }
        return new Credential(Kind.KEY_FILE, content);
    }

    public Kind kind() {
        return kind;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return kind == Kind.PASSPHRASE ? "a passphrase" : "a key file";
    }
}
