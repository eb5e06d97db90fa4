package rok.catalog;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import rok.catalog.CatalogKeys.Segments;
import rok.cipher.StoreKeys;
import rok.format.StoreException;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.KeySegment;
import rok.names.RokUrl;
import rok.object.ObjectKey;

/** The layouts of all accounts, for who reads the whole catalogue. Safe for use by many threads. */
final class Layouts {
    private final Optional<StoreKeys> keys;
    private final Map<AccountName, Layout> byAccount = new ConcurrentHashMap<>();

    /** @param keys of the store; nothing where it is not encrypted */
    Layouts(Optional<StoreKeys> keys) {
        this.keys = keys;
    }

    Layout of(AccountName account) {
        return keys.isEmpty()
                ? Layout.OPEN
                : byAccount.computeIfAbsent(
                        account, name -> new Layout(Optional.of(keys.get().of(name.value()))));
    }

    /**
     * The version that a key anywhere in the catalogue is the record or a pin of, if it is one. Throws {@link
     * StoreException.Corrupt} for what looks like one in an encrypted store, under names that its keys did not make:
     * somebody put it there, perhaps in place of one that is missed.
     */
    Optional<RokUrl> versionOf(ObjectKey key) {
        return CatalogKeys.segments(key)
                .flatMap(segments -> keys.isEmpty() ? open(segments) : encrypted(key, segments));
    }

    /**
     * The bucket that a key anywhere in the catalogue is the record of, if it is one; throws as {@link #versionOf}.
     */
    Optional<BucketPlace> bucketOf(ObjectKey key) {
        var segments = key.value().split("/", -1);
        if (segments.length != 4 || !segments[3].equals(CatalogKeys.BUCKET_RECORD)) {
            return Optional.empty();
        }
        var found = account(segments[1])
                .flatMap(account -> of(account)
                        .bucketName(accountAt(segments[1]), segments[2])
                        .map(bucket -> new BucketPlace(account, bucket)));
        if (found.isEmpty() && keys.isPresent()) {
            throw foreign(key);
        }
        return found;
    }

    /** Whose bucket it is, and its name. */
    record BucketPlace(AccountName account, BucketName bucket) {}

    /** The account whose segment this is; nothing for what is none. */
    Optional<AccountName> account(String segment) {
        return keys.isEmpty()
                ? KeySegment.account(segment)
                : keys.flatMap(all -> all.accountName(CatalogKeys.TOP, segment))
                        .flatMap(KeySegment::ofStored)
                        .flatMap(KeySegment::account);
    }

    private static ObjectKey accountAt(String segment) {
        return new ObjectKey(CatalogKeys.TOP + segment + "/");
    }

    private static Optional<RokUrl> open(Segments segments) {
        return KeySegment.account(segments.account())
                .flatMap(account -> KeySegment.bucket(segments.bucket())
                        .flatMap(bucket -> KeySegment.file(segments.file())
                                .map(file -> new RokUrl(account, bucket, file, segments.version()))));
    }

    private Optional<RokUrl> encrypted(ObjectKey key, Segments segments) {
        var found = account(segments.account()).flatMap(account -> {
            var parent = accountAt(segments.account());
            return of(account)
                    .bucketName(parent, segments.bucket())
                    .flatMap(bucket -> of(account)
                            .fileName(new ObjectKey(parent + segments.bucket() + "/"), segments.file())
                            .map(file -> new RokUrl(account, bucket, file, segments.version())));
        });
        if (found.isEmpty()) {
            throw foreign(key);
        }
        return found;
    }

    private static StoreException.Corrupt foreign(ObjectKey key) {
        return new StoreException.Corrupt(
                "%s is corrupt: its names were not made with the store's keys. Who put it there may have moved or removed others"
                        .formatted(key));
    }
}
