package rok.keys;

import rok.format.StoreException;

/** Where a credential comes from: asked once, and only when a store turns out to be encrypted. */
@FunctionalInterface
public interface Unlock {
    /** For who has none. */
    Unlock NONE = where -> {
        throw new StoreException.Locked("The store in %s is encrypted, and no key was given".formatted(where));
    };

    /**
     * The credential, which the caller closes.
     *
     * @param where the store, for who is asked
     */
    Credential credential(String where);
}
