package rok.catalog;

import java.util.Optional;
import java.util.regex.Pattern;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.KeySegment;
import rok.names.RokUrl;
import rok.names.VersionId;
import rok.object.ObjectKey;

/** Where the records of a catalogue that is not encrypted lie: docs/format/catalog.md. */
final class CatalogKeys {
    static final String TOP = "catalog/";
    private static final String PIN = "+";

    static final String BUCKET_RECORD = "bucket.json";

    private CatalogKeys() {}

    static ObjectKey account(AccountName account) {
        return new ObjectKey(TOP + KeySegment.of(account) + "/");
    }

    static ObjectKey bucket(AccountName account, BucketName bucket) {
        return new ObjectKey(account(account) + KeySegment.of(bucket) + "/");
    }

    static ObjectKey bucketRecord(AccountName account, BucketName bucket) {
        return new ObjectKey(bucket(account, bucket) + BUCKET_RECORD);
    }

    static ObjectKey file(AccountName account, BucketName bucket, FileName file) {
        return new ObjectKey(bucket(account, bucket) + KeySegment.of(file) + "/");
    }

    static ObjectKey version(RokUrl url) {
        return new ObjectKey(
                file(url.account(), url.bucket(), url.file()) + url.version().value());
    }

    /** The segment after {@code prefix}, without the slash of a folder. */
    static String segment(ObjectKey prefix, ObjectKey child) {
        var rest = child.value().substring(prefix.value().length());
        return rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    }

    /** The version that a key below {@code bucket} is the record of, if it is one. */
    static Optional<RokUrl> versionAt(AccountName account, BucketName bucket, ObjectKey prefix, ObjectKey key) {
        var rest = key.value().substring(prefix.value().length());
        var slash = rest.indexOf('/');
        if (slash < 0 || rest.length() - slash - 1 != VersionId.LENGTH) {
            return Optional.empty();
        }
        return VersionId.parse(rest.substring(slash + 1))
                .flatMap(id ->
                        KeySegment.file(rest.substring(0, slash)).map(file -> new RokUrl(account, bucket, file, id)));
    }

    /** Below it lie all records of all accounts. */
    static ObjectKey top() {
        return new ObjectKey(TOP);
    }

    /** The pin of this name of the version whose record is at {@code version}. */
    static ObjectKey pin(ObjectKey version, String name) {
        return new ObjectKey(version.value() + PIN + name);
    }

    static boolean isPin(ObjectKey key) {
        return key.value().indexOf(PIN, key.value().lastIndexOf('/')) >= 0;
    }

    /** Account, bucket and file as they stand in the key of a version's record or pin, and the version; nothing for others. */
    static Optional<Segments> segments(ObjectKey key) {
        var segments = key.value().split("/", -1);
        if (segments.length != 5) {
            return Optional.empty();
        }
        return VersionId.parse(segments[4].split(Pattern.quote(PIN), 2)[0])
                .map(id -> new Segments(segments[1], segments[2], segments[3], id));
    }

    /** The parts of a key. */
    record Segments(String account, String bucket, String file, VersionId version) {}
}
