package rok.cipher;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/**
 * Names as segments of keys that say nothing but whether two below one parent are equal, and back. Safe for use by many
 * threads.
 */
public final class NameCipher {
    private static final int TAG_BYTES = 16;
    private static final int BLOCK_BYTES = 16;
    /** The longest name has 140 bytes. */
    private static final int NAME_BYTES_MAX = 143;

    private final Pair accounts;
    private final Pair others;

    NameCipher(Secret repository, Secret scope) {
        this.accounts = Pair.of(repository);
        this.others = Pair.of(scope);
    }

    private record Pair(Secret content, Secret tag) {
        static Pair of(Secret root) {
            return new Pair(root.derive("rok names"), root.derive("rok name tags"));
        }
    }

    public String account(String parent, String name) {
        return segment(accounts, parent, name);
    }

    /** @param parent the key up to this segment, with its slash */
    public String segment(String parent, String name) {
        return segment(others, parent, name);
    }

    /** The name behind a segment; nothing for what is none, or was made for another parent. */
    public Optional<String> name(String parent, String segment) {
        return name(others, parent, segment);
    }

    /** The account behind a segment; nothing for what is none. */
    Optional<String> accountName(String parent, String segment) {
        return name(accounts, parent, segment);
    }

    private static String segment(Pair keys, String parent, String name) {
        var text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length < 1 || text.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "A name has 1 to %d bytes, not %d".formatted(NAME_BYTES_MAX, text.length));
        }
        var padded = ByteBuffer.allocate(Math.ceilDiv(1 + text.length, BLOCK_BYTES) * BLOCK_BYTES)
                .put((byte) text.length)
                .put(text)
                .array();
        var tag = tag(keys, parent, padded);
        var all = ByteBuffer.allocate(TAG_BYTES + padded.length).put(tag).put(crypt(keys, tag, padded));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all.array());
    }

    private static Optional<String> name(Pair keys, String parent, String segment) {
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(segment);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        if (all.length < TAG_BYTES + BLOCK_BYTES || all.length % BLOCK_BYTES != 0) {
            return Optional.empty();
        }
        var tag = Arrays.copyOf(all, TAG_BYTES);
        var padded = crypt(keys, tag, Arrays.copyOfRange(all, TAG_BYTES, all.length));
        var length = padded[0] & 0xff;
        if (length < 1 || length >= padded.length || !MessageDigest.isEqual(tag, tag(keys, parent, padded))) {
            return Optional.empty();
        }
        try {
            var name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(padded, 1, length))
                    .toString();
            // One spelling for each name
            return length <= NAME_BYTES_MAX && segment(keys, parent, name).equals(segment)
                    ? Optional.of(name)
                    : Optional.empty();
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    private static byte[] tag(Pair keys, String parent, byte[] padded) {
        var mac = keys.tag.mac();
        mac.update(Aead.ascii(parent));
        return Arrays.copyOf(mac.doFinal(padded), TAG_BYTES);
    }

    private static byte[] crypt(Pair keys, byte[] tag, byte[] bytes) {
        try {
            var cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, keys.content.aes(), new IvParameterSpec(tag));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw Aead.unexpected(e);
        }
    }
}
