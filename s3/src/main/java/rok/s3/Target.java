package rok.s3;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore.ETag;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The bucket and prefix, and how keys and tags are spelt there. */
record Target(String bucket, String prefix) {
    /** S3's bound on a key, in bytes. */
    private static final int NAME_BYTES_MAX = 1024;

    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    /** A request that moves its bytes more slowly than this is given up. */
    private static final long BYTES_PER_SECOND_MIN = 8 << 10;

    /** The object's name in the bucket. */
    String name(ObjectKey key) {
        var name = prefix + key.value();
        if (name.length() > NAME_BYTES_MAX) {
            throw new StoreException.Incompatible(
                    "Key %s is longer than S3 allows below the prefix %s: use a shorter one".formatted(key, prefix));
        }
        return name;
    }

    /** How long a request may take that moves so many bytes. */
    static Duration timeFor(long bytes) {
        return ANSWER_MAX.plusSeconds(bytes / BYTES_PER_SECOND_MIN);
    }

    /** Gives the request up after that time. */
    static void bound(AwsRequestOverrideConfiguration.Builder request, long bytes) {
        request.apiCallTimeout(timeFor(bytes));
    }

    /** Servers differ in whether an answer quotes it. */
    static ETag tag(@Nullable String text, ObjectKey key) {
        if (text == null || text.isEmpty()) {
            throw new StoreException.Incompatible(
                    "The server gives no ETag for %s: it cannot hold a store".formatted(key));
        }
        var quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return new ETag(quoted ? text.substring(1, text.length() - 1) : text);
    }

    static String quoted(ETag tag) {
        return "\"" + tag.value() + "\"";
    }

    /** The answer says that there is no such object; a bucket that is not there is something else. */
    static boolean isMissing(S3Exception e) {
        return e.statusCode() == 404 && !Failure.code(e).equals("NoSuchBucket");
    }
}
