package rok.names;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/**
 * A name as one segment of an object key, and back: one spelling for each name. Letters, digits and {@code _ = + @ -}
 * and inner dots stand for themselves, everything else is percent-encoded, and a name that would so become longer than
 * {@link #LENGTH_MAX} is written as {@code ~} and base64url. A file's segment never ends in {@code .json}: the records
 * beside the files do.
 */
public final class KeySegment {
    /** Room for 148 bytes in base64url. */
    public static final int LENGTH_MAX = 199;

    private static final String SAFE = "._=+@-";
    private static final String RECORD_ENDING = ".json";

    private KeySegment() {}

    public static String of(AccountName account) {
        return encode(account.value());
    }

    public static String of(BucketName bucket) {
        return encode(bucket.value());
    }

    public static String of(FileName file) {
        if (file.value().getBytes(StandardCharsets.UTF_8).length > FileName.STORED_BYTES_MAX) {
            throw new NameException("A file name takes at most %d bytes in UTF-8, this one has more: %s"
                    .formatted(FileName.STORED_BYTES_MAX, file));
        }
        return encode(file.value());
    }

    public static Optional<AccountName> account(String segment) {
        return decode(segment).flatMap(name -> name(AccountName::new, name));
    }

    public static Optional<BucketName> bucket(String segment) {
        return decode(segment).flatMap(name -> name(BucketName::new, name));
    }

    public static Optional<FileName> file(String segment) {
        return decode(segment).flatMap(name -> name(FileName::new, name));
    }

    /** Nothing for a text that is no name of this kind, as one that is too long. */
    private static <N> Optional<N> name(Function<String, N> kind, String text) {
        try {
            return Optional.of(kind.apply(text));
        } catch (NameException _) {
            return Optional.empty();
        }
    }

    /** The segment of a name that somebody stored, if it is one that buckets and files may have. */
    public static Optional<String> ofStored(String name) {
        try {
            return Optional.of(encode(NameRule.check("A name", name, FileName.STORED_BYTES_MAX)));
        } catch (NameException _) {
            return Optional.empty();
        }
    }

    private static String encode(String name) {
        var text = PercentCode.encode(name, SAFE);
        if (text.startsWith(".")) {
            text = "%2E" + text.substring(1);
        }
        if (text.endsWith(RECORD_ENDING)) {
            text = text.substring(0, text.length() - RECORD_ENDING.length()) + "%2Ejson";
        }
        return text.length() <= LENGTH_MAX
                ? text
                : "~" + Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    /** The name behind a segment; nothing for a segment that no name is written as. */
    private static Optional<String> decode(String segment) {
        try {
            var name = segment.startsWith("~")
                    ? StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(segment.substring(1))))
                            .toString()
                    : PercentCode.decode("A key", segment);
            var checked = NameRule.check("A name", name, FileName.STORED_BYTES_MAX);
            return encode(checked).equals(segment) ? Optional.of(checked) : Optional.empty();
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
