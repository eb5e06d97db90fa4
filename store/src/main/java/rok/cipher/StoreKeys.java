package rok.cipher;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** What all data of one store is encrypted with: each account's, and what is nobody's own. Safe for use by many threads. */
public final class StoreKeys {
    private final DataRoots roots;
    private final Share share;
    private final RandomGenerator random;
    private final Map<String, DataKeys> byScope = new ConcurrentHashMap<>();
    private final DataKeys own;

    public StoreKeys(DataRoots roots, Share share, RandomGenerator random) {
        this.roots = roots;
        this.share = share;
        this.random = random;
        this.own = new DataKeys(roots, Share.REPOSITORY, "", random);
    }

    /** Accounts of one scope have the same keys: all of them, or each by itself. */
    public String scope(String account) {
        return share == Share.REPOSITORY ? "" : account;
    }

    public DataKeys of(String account) {
        return byScope.computeIfAbsent(scope(account), scope -> new DataKeys(roots, share, scope, random));
    }

    /** The account whose segment this is; nothing for what is none. */
    public Optional<String> accountName(String parent, String segment) {
        return own.names().accountName(parent, segment);
    }

    /** For documents that belong to no account. */
    public DocumentCipher documents() {
        return own.documents();
    }

    @Override
    public String toString() {
        return "keys of all data";
    }
}
