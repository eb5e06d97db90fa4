package rok.cipher;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import rok.format.Checksum;
import rok.format.Magic;
import rok.format.StoreException;

/** Envelopes for documents, each of which opens at its own place only. Safe for use by many threads. */
public final class DocumentCipher {
    private static final Magic MAGIC = new Magic("ROKSEAL", 1);
    private static final int SALT_BYTES = 32;
    private static final int HEAD_BYTES = Magic.BYTES + 2 + SALT_BYTES;
    private static final int CHECKSUM_BYTES = 4;
    /** A length tells less of a title. */
    private static final int PADDED_TO_BYTES = 256;

    private final DataKeys keys;
    private final RandomGenerator random;

    DocumentCipher(DataKeys keys, RandomGenerator random) {
        this.keys = keys;
        this.random = random;
    }

    /** @param place where the document will lie: its object's key */
    public byte[] seal(String place, byte[] document) {
        var salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        var generation = keys.newest();
        var head = ByteBuffer.allocate(HEAD_BYTES)
                .putLong(MAGIC.value())
                .putShort((short) generation)
                .put(salt)
                .array();
        var needed = Integer.BYTES + document.length;
        var plain = ByteBuffer.allocate(Math.ceilDiv(needed, PADDED_TO_BYTES) * PADDED_TO_BYTES)
                .putInt(document.length)
                .put(document)
                .array();
        var sealed = Aead.sealOnce(key(generation, salt), associated(head, place), plain);
        var all = ByteBuffer.allocate(HEAD_BYTES + sealed.length + CHECKSUM_BYTES)
                .put(head)
                .put(sealed);
        return all.putInt(Checksum.of(all.array(), 0, all.position())).array();
    }

    /** The document; {@link StoreException.Corrupt} unless it was sealed for this place and is whole. */
    public byte[] open(String place, ByteBuffer envelope, String what) {
        var bytes = new byte[envelope.remaining()];
        envelope.get(envelope.position(), bytes);
        var end = bytes.length - CHECKSUM_BYTES;
        if (end < HEAD_BYTES + Aead.TAG_BYTES + Integer.BYTES) {
            throw corrupt(what, "%d bytes are too few for an encrypted document".formatted(bytes.length));
        }
        MAGIC.check(ByteBuffer.wrap(bytes).getLong(), what);
        var computed = Checksum.of(bytes, 0, end);
        var stored = ByteBuffer.wrap(bytes).getInt(end);
        if (stored != computed) {
            throw corrupt(what, "its checksum is %08x, computed %08x".formatted(stored, computed));
        }
        var generation = ByteBuffer.wrap(bytes).getShort(Magic.BYTES) & 0xffff;
        var salt = Arrays.copyOfRange(bytes, HEAD_BYTES - SALT_BYTES, HEAD_BYTES);
        var head = associated(Arrays.copyOf(bytes, HEAD_BYTES), place);
        var plain = Aead.open(key(generation, salt), head, bytes, HEAD_BYTES, end - HEAD_BYTES)
                .orElseThrow(() -> corrupt(what, "it was not encrypted for this place with the store's keys"));
        var length = plain.length < Integer.BYTES ? -1 : ByteBuffer.wrap(plain).getInt();
        if (length < 0 || length > plain.length - Integer.BYTES) {
            throw corrupt(what, "%d bytes can't hold a document of %d".formatted(plain.length, length));
        }
        return Arrays.copyOfRange(plain, Integer.BYTES, Integer.BYTES + length);
    }

    private Secret key(int generation, byte[] salt) {
        return keys.key(generation, "rok documents").derive(salt);
    }

    private static byte[] associated(byte[] head, String place) {
        var name = Aead.ascii(place);
        return ByteBuffer.allocate(head.length + name.length)
                .put(head)
                .put(name)
                .array();
    }

    private static StoreException.Corrupt corrupt(String what, String problem) {
        return new StoreException.Corrupt("%s is corrupt: %s".formatted(what, problem));
    }
}
