package rok.simulation;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import rok.cipher.Secret;
import rok.cipher.Share;
import rok.keys.Credential;
import rok.names.AccountName;
import rok.object.ObjectStore;
import rok.repository.Repository;

/** Who can read the store, and who shares chunks with whom. */
enum Kind {
    OPEN,
    ENCRYPTED,
    /** Each of two accounts has keys of its own. */
    ENCRYPTED_BY_ACCOUNT;

    /** A key file that always opens the store. */
    static Credential key() {
        return key(1);
    }

    static Credential key(int which) {
        var content = new byte[Secret.BYTES];
        Arrays.fill(content, 0, Integer.BYTES, (byte) which);
        content[Integer.BYTES] = (byte) (which >>> Byte.SIZE);
        return Credential.keyFile(content);
    }

    List<AccountName> accounts() {
        var first = new AccountName("sim");
        return this == ENCRYPTED_BY_ACCOUNT ? List.of(first, new AccountName("sim-b")) : List.of(first);
    }

    void create(ObjectStore store, Path cache, RandomGenerator random) {
        if (this == OPEN) {
            Repository.create(store, cache, random);
            return;
        }
        var share = this == ENCRYPTED ? Share.REPOSITORY : Share.ACCOUNT;
        try (var key = key()) {
            Repository.createEncrypted(
                    store, cache, new Repository.Encryption(share, key, "first", Instant.EPOCH), random);
        }
    }

    Repository open(ObjectStore store, Path cache, RandomGenerator random) {
        return Repository.open(store, cache, _ -> key(), random);
    }
}
