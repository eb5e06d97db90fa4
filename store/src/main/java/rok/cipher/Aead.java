package rok.cipher;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** AES-256-GCM under keys that are used once, so that the nonce may be zero; and what every other user of it needs. */
public final class Aead {
    public static final int TAG_BYTES = 16;
    static final int NONCE_BYTES = 12;

    private Aead() {}

    /** Ciphertext and tag. The key must never encrypt anything else. */
    public static byte[] sealOnce(Secret key, byte[] associated, byte[] plain) {
        try {
            var cipher = cipher();
            cipher.init(Cipher.ENCRYPT_MODE, key.aes(), new GCMParameterSpec(8 * TAG_BYTES, new byte[NONCE_BYTES]));
            cipher.updateAAD(associated);
            return cipher.doFinal(plain);
        } catch (GeneralSecurityException e) {
            throw unexpected(e);
        }
    }

    /** What {@link #sealOnce} was given; nothing where key, associated data or a byte is another. */
    public static Optional<byte[]> open(Secret key, byte[] associated, byte[] sealed) {
        return open(key, associated, sealed, 0, sealed.length);
    }

    static Optional<byte[]> open(Secret key, byte[] associated, byte[] sealed, int from, int length) {
        if (length < TAG_BYTES) {
            return Optional.empty();
        }
        try {
            var cipher = cipher();
            cipher.init(Cipher.DECRYPT_MODE, key.aes(), new GCMParameterSpec(8 * TAG_BYTES, new byte[NONCE_BYTES]));
            cipher.updateAAD(associated);
            return Optional.of(cipher.doFinal(sealed, from, length));
        } catch (AEADBadTagException _) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw unexpected(e);
        }
    }

    static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw unexpected(e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static IllegalStateException unexpected(GeneralSecurityException e) {
        return new IllegalStateException("Every JDK has AES-256-GCM and AES-CTR", e);
    }
}
