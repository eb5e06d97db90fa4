package rok.cipher;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** 32 bytes that nobody may see: shows nothing of itself, and forgets them when it is closed. */
public final class Secret implements AutoCloseable {
    public static final int BYTES = 32;

    private static final String HMAC = "HmacSHA256";

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A secret has %d bytes, not %d".formatted(BYTES, bytes.length));
        }
        this.bytes = bytes;
    }

    /** Takes the bytes over: they are wiped with the secret. */
    public static Secret take(byte[] bytes) {
        return new Secret(bytes);
    }

    public static Secret random(RandomGenerator random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Secret(bytes);
    }

    /** A copy, for who writes it where it is encrypted; wipe it. */
    public byte[] copy() {
        return bytes.clone();
    }

    /** What is derived from this secret for one purpose, of which the label tells. */
    public Secret derive(String label) {
        return derive(label.getBytes(StandardCharsets.UTF_8));
    }

    /** HKDF-Expand with SHA-256 (RFC 5869), 32 bytes. */
    public Secret derive(byte[] info) {
        return new Secret(expand(info, BYTES));
    }

    /** HKDF-Expand with SHA-256, so many bytes. */
    public byte[] expand(byte[] info, int length) {
        if (length < 1 || length > 255 * BYTES) {
            throw new IllegalArgumentException("HKDF gives 1 to %d bytes, not %d".formatted(255 * BYTES, length));
        }
        var mac = mac();
        var made = new byte[length];
        var block = new byte[0];
        for (var at = 0; at < length; at += BYTES) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) (at / BYTES + 1));
            Arrays.fill(block, (byte) 0);
            block = mac.doFinal();
            System.arraycopy(block, 0, made, at, Math.min(BYTES, length - at));
        }
        Arrays.fill(block, (byte) 0);
        return made;
    }

    /** HMAC-SHA-256 under this secret. For one thread. */
    public Mac mac() {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, HMAC));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("Every JDK has HMAC-SHA-256", e);
        }
    }

    /** HKDF-Extract with SHA-256 (RFC 5869). */
    public static Secret extract(byte[] salt, byte[] material) {
        var key = Arrays.copyOf(salt, Math.max(salt.length, BYTES));
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return new Secret(mac.doFinal(material));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("Every JDK has HMAC-SHA-256", e);
        }
    }

    SecretKeySpec aes() {
        return new SecretKeySpec(bytes, "AES");
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "a secret";
    }
}
