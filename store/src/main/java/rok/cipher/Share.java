package rok.cipher;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Whose chunks are stored once: fixed when an encrypted repository is made. */
public enum Share {
    /** All accounts have the same keys: what one has stored, none stores again. */
    REPOSITORY,
    /** Each account has keys of its own, and so ids of its own: none can tell what another has. */
    ACCOUNT;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Share> parse(String text) {
        for (var share : values()) {
            if (share.text().equals(text)) {
                return Optional.of(share);
            }
        }
        return Optional.empty();
    }

    /** What keeps one scope's keys apart from another's. */
    byte[] scope(String account) {
        return (this == REPOSITORY ? "rok repository" : "rok account " + account).getBytes(StandardCharsets.UTF_8);
    }
}
