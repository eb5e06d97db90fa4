package rok.agent;

import java.nio.file.Path;
import java.time.Instant;
import rok.cipher.Secret;
import rok.cipher.Share;
import rok.keys.Credential;
import rok.object.ObjectStore;
import rok.repository.Repository;

/** Who can read a store, and who shares chunks with whom. */
enum StoreKind {
    OPEN,
    ENCRYPTED,
    ENCRYPTED_BY_ACCOUNT;

    static Credential key() {
        return Credential.keyFile(new byte[Secret.BYTES]);
    }

    /** Makes one, or opens the one that is there. */
    Repository create(ObjectStore store, Path cache) {
        if (this == OPEN) {
            return Repository.create(store, cache);
        }
        if (!Repository.exists(store)) {
            var share = this == ENCRYPTED ? Share.REPOSITORY : Share.ACCOUNT;
            try (var key = key()) {
                Repository.createEncrypted(store, cache, new Repository.Encryption(share, key, "first", Instant.EPOCH));
            }
        }
        return open(store, cache);
    }

    Repository open(ObjectStore store, Path cache) {
        return Repository.open(store, cache, _ -> key());
    }
}
