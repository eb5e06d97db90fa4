package rok.catalog;

import java.nio.ByteBuffer;
import java.util.Optional;
import rok.cipher.DataKeys;
import rok.cipher.DocumentCipher;
import rok.cipher.NameCipher;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.KeySegment;
import rok.names.RokUrl;
import rok.object.ObjectKey;

/**
 * Where records lie, and as what bytes: as they are, or with encrypted names and in envelopes (docs/format/encryption.md).
 * Safe for use by many threads.
 */
final class Layout {
    /** Of a store that is not encrypted. */
    static final Layout OPEN = new Layout(Optional.empty());

    private final Optional<NameCipher> names;
    private final Optional<DocumentCipher> documents;

    Layout(Optional<DataKeys> keys) {
        this.names = keys.map(DataKeys::names);
        this.documents = keys.map(DataKeys::documents);
    }

    ObjectKey account(AccountName account) {
        var parent = CatalogKeys.TOP;
        return names.map(cipher -> new ObjectKey(parent + cipher.account(parent, account.value()) + "/"))
                .orElseGet(() -> CatalogKeys.account(account));
    }

    ObjectKey bucket(AccountName account, BucketName bucket) {
        return names.map(cipher -> below(cipher, account(account), bucket.value()))
                .orElseGet(() -> CatalogKeys.bucket(account, bucket));
    }

    ObjectKey bucketRecord(AccountName account, BucketName bucket) {
        return new ObjectKey(bucket(account, bucket) + CatalogKeys.BUCKET_RECORD);
    }

    ObjectKey file(AccountName account, BucketName bucket, FileName file) {
        // Refused alike, whether its bytes would fit here or not
        var open = CatalogKeys.file(account, bucket, file);
        return names.map(cipher -> below(cipher, bucket(account, bucket), file.value()))
                .orElse(open);
    }

    ObjectKey version(RokUrl url) {
        return new ObjectKey(
                file(url.account(), url.bucket(), url.file()) + url.version().value());
    }

    private static ObjectKey below(NameCipher cipher, ObjectKey parent, String name) {
        return new ObjectKey(parent + cipher.segment(parent.value(), name) + "/");
    }

    /** The bucket whose segment this is, below an account; nothing for what is none. */
    Optional<BucketName> bucketName(ObjectKey parent, String segment) {
        return names.isEmpty()
                ? KeySegment.bucket(segment)
                : open(parent, segment).flatMap(KeySegment::bucket);
    }

    /** The file whose segment this is, below a bucket; nothing for what is none. */
    Optional<FileName> fileName(ObjectKey parent, String segment) {
        return names.isEmpty()
                ? KeySegment.file(segment)
                : open(parent, segment).flatMap(KeySegment::file);
    }

    /** As the segment that it would be in the open, so that what is no name is found in one place. */
    private Optional<String> open(ObjectKey parent, String segment) {
        return names.flatMap(cipher -> cipher.name(parent.value(), segment)).flatMap(KeySegment::ofStored);
    }

    ByteBuffer bytes(ObjectKey key, Bucket bucket) {
        return sealed(key, RecordCodec.write(bucket));
    }

    ByteBuffer bytes(ObjectKey key, VersionRecord record) {
        return sealed(key, RecordCodec.write(record));
    }

    ByteBuffer bytes(ObjectKey key, Pin.Held pin) {
        return sealed(key, pin.encode());
    }

    Bucket bucket(ObjectKey key, ByteBuffer stored) {
        return RecordCodec.readBucket(opened(key, stored, "Bucket record " + key), key);
    }

    /** The record at {@code key}, which must be that of {@code url}. */
    VersionRecord record(ObjectKey key, ByteBuffer stored, RokUrl url) {
        return RecordCodec.read(opened(key, stored, "Version record " + key), key, url);
    }

    /** The pin at {@code key}, which must be one of {@code url}. */
    Pin.Held pin(ObjectKey key, ByteBuffer stored, RokUrl url) {
        return Pin.Held.decode(opened(key, stored, "Pin " + key), key, url);
    }

    private ByteBuffer sealed(ObjectKey key, byte[] document) {
        return ByteBuffer.wrap(
                documents.map(cipher -> cipher.seal(key.value(), document)).orElse(document));
    }

    private ByteBuffer opened(ObjectKey key, ByteBuffer stored, String what) {
        return documents
                .map(cipher -> ByteBuffer.wrap(cipher.open(key.value(), stored, what)))
                .orElse(stored);
    }
}
