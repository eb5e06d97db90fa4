package rok.cipher;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the payloads of chunk records in place. A chunk's key follows from its id, so what is stored of it opens under
 * that id alone, wherever it lies, and no key sees two chunks. For one thread.
 */
public final class RecordCipher {
    private static final int GENERATION_BYTES = 2;
    private static final int HEAD_BYTES = GENERATION_BYTES + Aead.NONCE_BYTES;

    /** What an encrypted payload has more than a plain one. */
    public static final int OVERHEAD_BYTES = HEAD_BYTES + Aead.TAG_BYTES;

    private final DataKeys keys;
    private final RandomGenerator random;
    private final int newest;
    private final Cipher cipher = Aead.cipher();
    /** One for each generation met, of which there are few. */
    private final Map<Integer, Mac> chunkKeys = new HashMap<>();

    private final byte[] nonce = new byte[Aead.NONCE_BYTES];

    RecordCipher(DataKeys keys, RandomGenerator random) {
        this.keys = keys;
        this.random = random;
        this.newest = keys.newest();
    }

    /** Where a plain payload is to stand, counted from where the encrypted one will begin. */
    public static int plainAt() {
        return HEAD_BYTES;
    }

    /**
     * Encrypts {@code length} bytes that stand at {@link #plainAt} behind {@code at}; the payload is then {@link
     * #OVERHEAD_BYTES} longer.
     *
     * @param header of the record, eight bytes at {@code header} in the same array: part of what is authentic
     */
    public void encrypt(byte[] id, byte[] record, int header, int at, int length) {
        random.nextBytes(nonce);
        record[at] = (byte) (newest >>> 8);
        record[at + 1] = (byte) newest;
        System.arraycopy(nonce, 0, record, at + GENERATION_BYTES, nonce.length);
        try {
            init(Cipher.ENCRYPT_MODE, newest, id, record, header, at);
            cipher.doFinal(record, at + HEAD_BYTES, length, record, at + HEAD_BYTES);
        } catch (GeneralSecurityException e) {
            throw Aead.unexpected(e);
        }
    }

    /**
     * Decrypts a payload of {@code length} bytes at {@code at} to the front of {@code plain}, which must have room for it.
     * False where it is not what was encrypted under this id. Throws as {@link DataRoots#root}.
     */
    public boolean decrypt(byte[] id, byte[] record, int header, int at, int length, byte[] plain, int plainAt) {
        var generation = ByteBuffer.wrap(record).getShort(at) & 0xffff;
        System.arraycopy(record, at + GENERATION_BYTES, nonce, 0, nonce.length);
        try {
            init(Cipher.DECRYPT_MODE, generation, id, record, header, at);
            cipher.doFinal(record, at + HEAD_BYTES, length - HEAD_BYTES, plain, plainAt);
            return true;
        } catch (AEADBadTagException _) {
            return false;
        } catch (GeneralSecurityException e) {
            throw Aead.unexpected(e);
        }
    }

    private void init(int mode, int generation, byte[] id, byte[] record, int header, int at)
            throws GeneralSecurityException {
        var mac = chunkKeys.computeIfAbsent(
                generation, g -> keys.key(g, "rok chunks").mac());
        // HKDF-Expand of one block
        mac.update(id);
        mac.update((byte) 1);
        cipher.init(mode, new SecretKeySpec(mac.doFinal(), "AES"), new GCMParameterSpec(8 * Aead.TAG_BYTES, nonce));
        cipher.updateAAD(record, header, 8);
        cipher.updateAAD(record, at, GENERATION_BYTES);
        cipher.updateAAD(id);
    }
}
