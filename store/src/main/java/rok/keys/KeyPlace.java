package rok.keys;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/**
 * Where a store's keys lie, and what they are bound to.
 *
 * @param digest of the whole {@code rok.json}, as hex: another one opens no slot
 */
public record KeyPlace(ObjectStore store, ObjectKey key, String digest) {
    /** What every key document's name begins with. */
    public static final ObjectKey PREFIX = new ObjectKey("keys/");

    public static KeyPlace of(ObjectStore store, String name, ByteBuffer rokJson) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(rokJson.duplicate());
            return new KeyPlace(
                    store, new ObjectKey(PREFIX.value() + name), HexFormat.of().formatHex(sha256.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    byte[] binding() {
        return HexFormat.of().parseHex(digest);
    }

    /** How messages name the document. */
    String what() {
        return "Key document %s of %s".formatted(key, store);
    }
}
