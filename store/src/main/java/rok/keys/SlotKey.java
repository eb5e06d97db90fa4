package rok.keys;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.KEM;
import javax.crypto.KeyAgreement;
import rok.cipher.Aead;
import rok.cipher.Secret;

/**
 * The key pair of a slot. Its private half follows from the slot's secret; by the public one alone anybody who is in can
 * put another master key into the slot.
 */
final class SlotKey {
    private static final int PUBLIC_BYTES = 32;
    private static final String CURVE = "X25519";
    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

    private final PrivateKey privateKey;
    private final String publicKey;

    private SlotKey(PrivateKey privateKey, String publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    static SlotKey of(Secret secret) {
        try (var scalar = secret.derive("rok slot")) {
            var factory = KeyFactory.getInstance(CURVE);
            var privateKey = factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar.copy()));
            var agreement = KeyAgreement.getInstance(CURVE);
            agreement.init(privateKey);
            agreement.doPhase(
                    factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT)), true);
            return new SlotKey(privateKey, HexFormat.of().formatHex(agreement.generateSecret()));
        } catch (GeneralSecurityException e) {
            throw unexpected(e);
        }
    }

    /** 64 hex digits, as RFC 7748 encodes it. */
    String publicKey() {
        return publicKey;
    }

    /** The master key that the slot holds; nothing where it was sealed for another key, store, slot or generation. */
    Optional<Secret> open(Slot slot, byte[] store, int generation) {
        try {
            var shared = KEM.getInstance("DHKEM")
                    .newDecapsulator(privateKey)
                    .decapsulate(HexFormat.of().parseHex(slot.encapsulated()));
            try (var secret = Secret.take(shared.getEncoded());
                    var key = secret.derive(info(slot.id(), store, generation))) {
                return Aead.open(key, new byte[0], HexFormat.of().parseHex(slot.master()))
                        .map(Secret::take);
            }
        } catch (java.security.InvalidKeyException | javax.crypto.DecapsulateException _) {
            return Optional.empty(); // a point of small order, or whatever is no encapsulation
        } catch (GeneralSecurityException e) {
            throw unexpected(e);
        }
    }

    /** A slot that holds {@code master}, for whoever has the private half of {@code publicKey}. */
    static Slot seal(
            Secret master, String publicKey, String id, Kdf kdf, byte[] store, int generation, SecureRandom random) {
        try {
            var sealed = KEM.getInstance("DHKEM")
                    .newEncapsulator(decode(publicKey), null, random)
                    .encapsulate();
            try (var secret = Secret.take(sealed.key().getEncoded());
                    var key = secret.derive(info(id, store, generation))) {
                var hex = HexFormat.of();
                return new Slot(
                        id,
                        kdf,
                        hex.formatHex(sealed.encapsulation()),
                        hex.formatHex(Aead.sealOnce(key, new byte[0], master.copy())));
            }
        } catch (GeneralSecurityException e) {
            throw unexpected(e);
        }
    }

    private static byte[] info(String id, byte[] store, int generation) {
        return ByteBuffer.allocate(8 + 1 + store.length + 8 + 2)
                .put("rok slot ".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .put(store)
                .put(HexFormat.of().parseHex(id))
                .putShort((short) generation)
                .array();
    }

    private static PublicKey decode(String hex) throws GeneralSecurityException {
        var littleEndian = HexFormat.of().parseHex(hex);
        var bytes = new byte[PUBLIC_BYTES];
        for (var i = 0; i < PUBLIC_BYTES; i++) {
            bytes[i] = littleEndian[PUBLIC_BYTES - 1 - i];
        }
        bytes[0] &= 0x7f;
        var spec = new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bytes));
        return (XECPublicKey) KeyFactory.getInstance(CURVE).generatePublic(spec);
    }

    private static IllegalStateException unexpected(GeneralSecurityException e) {
        return new IllegalStateException("Every JDK 25 has X25519 and DHKEM", e);
    }

    @Override
    public String toString() {
        return "the key of a slot";
    }
}
