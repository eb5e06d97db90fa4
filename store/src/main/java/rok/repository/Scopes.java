package rok.repository;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import rok.cipher.StoreKeys;

/** How chunks are named, cut and stored: all alike, or each account's by itself. Safe for use by many threads. */
final class Scopes {
    /** Of all that share, and of all where nothing is encrypted. */
    static final String SHARED = "";

    private final Optional<StoreKeys> keys;
    private final Map<String, Codecs> codecs = new ConcurrentHashMap<>();

    Scopes(Optional<StoreKeys> keys) {
        this.keys = keys;
    }

    String of(String account) {
        return keys.map(all -> all.scope(account)).orElse(SHARED);
    }

    /** Nothing where each account is one. */
    Optional<String> only() {
        // Where accounts share, whoever is asked for makes no difference
        return of("a").equals(of("b")) ? Optional.of(of("a")) : Optional.empty();
    }

    Codecs codecs(String scope) {
        return codecs.computeIfAbsent(scope, name -> Codecs.of(keys.map(all -> all.of(name))));
    }

    boolean isEncrypted() {
        return keys.isPresent();
    }
}
