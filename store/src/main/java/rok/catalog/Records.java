package rok.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rok.cipher.StoreKeys;
import rok.format.StoreException;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.RokUrl;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.ObjectInfo;

/** Every record of a store, of all accounts, as objects: for who proves them. Safe for use by many threads. */
public final class Records {
    private final ObjectStore objects;
    private final Layouts layouts;

    /** @param keys of the store; nothing where it is not encrypted */
    public Records(ObjectStore objects, Optional<StoreKeys> keys) {
        this.objects = objects;
        this.layouts = new Layouts(keys);
    }

    /** What lies at a key below {@code catalog/}. */
    public sealed interface Item {
        ObjectKey key();

        record OfVersion(ObjectKey key, RokUrl url) implements Item {}

        /** Of somebody who reads this version. */
        record OfPin(ObjectKey key, RokUrl url) implements Item {}

        record OfBucket(ObjectKey key, AccountName account, BucketName bucket) implements Item {}

        /** It looks like a record, under names that the store's keys did not make: somebody without them put it there. */
        record Foreign(ObjectKey key, Kind kind, String problem) implements Item {}

        /** Nothing of the catalogue's, or of a kind that this version does not know. */
        record Other(ObjectKey key) implements Item {}
    }

    /** What a foreign record looks like. */
    public enum Kind {
        VERSION,
        PIN,
        BUCKET
    }

    /** All of them, in the order of their keys: those of one bucket follow each other. Close the stream. */
    public Stream<Item> all() {
        return objects.list(CatalogKeys.top()).map(ObjectInfo::key).map(this::item);
    }

    private Item item(ObjectKey key) {
        var isBucket = key.value().endsWith("/" + CatalogKeys.BUCKET_RECORD);
        try {
            return isBucket
                    ? layouts.bucketOf(key)
                            .<Item>map(place -> new Item.OfBucket(key, place.account(), place.bucket()))
                            .orElseGet(() -> new Item.Other(key))
                    : layouts.versionOf(key)
                            .<Item>map(url ->
                                    CatalogKeys.isPin(key) ? new Item.OfPin(key, url) : new Item.OfVersion(key, url))
                            .orElseGet(() -> new Item.Other(key));
        } catch (StoreException.Corrupt e) {
            var kind = isBucket ? Kind.BUCKET : CatalogKeys.isPin(key) ? Kind.PIN : Kind.VERSION;
            return new Item.Foreign(key, kind, String.valueOf(e.getMessage()));
        }
    }

    /** Everybody who has, or had, a bucket. */
    public Set<AccountName> accounts() {
        try (var below = objects.children(CatalogKeys.top())) {
            return below.map(child -> CatalogKeys.segment(CatalogKeys.top(), child))
                    .flatMap(segment -> layouts.account(segment).stream())
                    .collect(Collectors.toSet());
        }
    }

    /** The record as it is now. Throws {@link StoreException.Corrupt} for one that is damaged. */
    public Optional<VersionRecord> read(Item.OfVersion item) {
        var layout = layouts.of(item.url().account());
        return objects.read(item.key()).map(stored -> layout.record(item.key(), stored.content(), item.url()));
    }

    /** The same of a bucket; one of another bucket is damaged. */
    public Optional<Bucket> read(Item.OfBucket item) {
        return objects.read(item.key()).map(stored -> {
            var record = layouts.of(item.account()).bucket(item.key(), stored.content());
            if (!record.name().equals(item.bucket())) {
                throw new StoreException.Corrupt(
                        "Bucket record %s is corrupt: it is the one of %s".formatted(item.key(), record.name()));
            }
            return record;
        });
    }

    /** Throws {@link StoreException.Corrupt} for a pin that does not say what it keeps. */
    public void prove(Item.OfPin item) {
        var layout = layouts.of(item.url().account());
        objects.read(item.key()).ifPresent(stored -> layout.pin(item.key(), stored.content(), item.url()));
    }

    /** How long a pin, or a version that is being written, is believed in without being renewed. */
    public static Duration lease() {
        return Pending.LEASE;
    }

    /** Where the record of a bucket lies, or should. */
    public Item.OfBucket bucket(AccountName account, BucketName bucket) {
        return new Item.OfBucket(layouts.of(account).bucketRecord(account, bucket), account, bucket);
    }

    /** Nobody writes this version any more, as far as {@code actor} can tell. */
    public static boolean isAbandoned(VersionRecord.Pending pending, Actor actor) {
        return Orphans.isOrphan(pending, actor);
    }
}
