package rok.object;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import rok.object.ObjectStore.ETag;

/**
 * The tag of an object, made from its content: the length and two checksums of different polynomials, 64 bits in all,
 * so that writing a pack does not hash it a second time.
 */
final class ContentTag {
    private ContentTag() {}

    static ETag of(ByteBuffer content) {
        var bytes = content.duplicate();
        var first = new CRC32C();
        first.update(bytes.duplicate());
        var second = new CRC32();
        second.update(bytes);
        var hex = HexFormat.of();
        return new ETag(Integer.toHexString(content.remaining()) + "-" + hex.toHexDigits((int) first.getValue())
                + hex.toHexDigits((int) second.getValue()));
    }
}
