package rok.object;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import rok.object.ObjectStore.ETag;

/**
 * The tag of an object, made from its content. Objects that are ever replaced are small documents: those get a SHA-256.
 * Above {@link #DIGEST_BYTES_MAX} (packs and indexes, which nobody replaces) it is the length and two checksums, so that
 * writing one does not hash it a second time.
 */
final class ContentTag {
    static final int DIGEST_BYTES_MAX = 1 << 20;

    private ContentTag() {}

    static ETag of(ByteBuffer content) {
        var bytes = content.duplicate();
        var length = bytes.remaining();
        if (length <= DIGEST_BYTES_MAX) {
            try {
                var digest = MessageDigest.getInstance("SHA-256");
                digest.update(bytes);
                return new ETag(HexFormat.of().formatHex(digest.digest()));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
        var first = new CRC32C();
        first.update(bytes.duplicate());
        var second = new CRC32();
        second.update(bytes);
        return new ETag("%x-%08x%08x".formatted(length, first.getValue(), second.getValue()));
    }
}
