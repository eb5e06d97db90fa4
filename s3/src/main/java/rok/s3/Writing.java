package rok.s3;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Puts objects. A conditional put whose answer got lost is tried again and refused, by the object that it made itself:
 * each put therefore marks its object with a nonce, by which it finds out that it had won.
 */
final class Writing {
    /** Metadata of each object that was put conditionally. */
    static final String NONCE = "rok-nonce";

    static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Client client;
    private final Requests requests;
    private final Target target;
    private final Reading reading;
    private final RandomGenerator random;
    private final PartsUpload parts;

    Writing(
            S3Client client,
            Requests requests,
            Target target,
            Reading reading,
            RandomGenerator random,
            InstantSource clock) {
        this.reading = reading;
        this.client = client;
        this.requests = requests;
        this.target = target;
        this.random = random;
        this.parts = new PartsUpload(client, requests, target, clock);
    }

    PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        var metadata = condition instanceof Condition.Always
                ? Map.<String, String>of()
                : Map.of(NONCE, "%016x%016x".formatted(random.nextLong(), random.nextLong()));
        var answer = content.remaining() >= PartsUpload.FROM_BYTES
                ? parts.put(key, content, condition, metadata)
                : whole(key, content, condition, metadata);
        return switch (answer) {
            case Answer.Stored stored -> new PutResult.Done(Target.tag(stored.tag, key));
            case Answer.Refused(var perhapsOwn) when perhapsOwn -> own(key, metadata);
            case Answer.Refused _ -> new PutResult.ConditionFailed();
        };
    }

    /** What the server said to a put. */
    sealed interface Answer {
        record Stored(@Nullable String tag) implements Answer {}

        /**
         * The condition does not hold.
         *
         * @param perhapsOwn an earlier attempt got no answer: it may be what stands in the way
         */
        record Refused(boolean perhapsOwn) implements Answer {}
    }

    private Answer whole(ObjectKey key, ByteBuffer content, Condition condition, Map<String, String> metadata) {
        var length = content.remaining();
        var request = PutObjectRequest.builder()
                .bucket(target.bucket())
                .key(target.name(key))
                .contentType(CONTENT_TYPE)
                .metadata(metadata)
                .overrideConfiguration(override -> Target.bound(override, length));
        ifAbsent(condition).ifPresent(request::ifNoneMatch);
        ifMatches(condition).ifPresent(request::ifMatch);
        return requests.send(Operation.PUT, "Writing " + key, length, again -> {
            var earlier = again && condition instanceof Condition.IfAbsent
                    ? earlier(key, metadata)
                    : Optional.<Answer>empty();
            if (earlier.isPresent()) {
                return earlier.get();
            }
            try {
                var answer = client.putObject(request.build(), body(content));
                return new Answer.Stored(answer.eTag());
            } catch (S3Exception e) {
                if (isRefused(e, condition)) {
                    return new Answer.Refused(again);
                }
                throw e;
            }
        });
    }

    /**
     * What an attempt that got no answer came to, unless there is nothing. To send it all again only to be refused is slow,
     * and where the server refuses without reading the body, that answer may get lost too, time and again.
     */
    private Optional<Answer> earlier(ObjectKey key, Map<String, String> metadata) {
        requests.count(Operation.HEAD);
        return reading.ask(key)
                .map(found -> isOwn(found, metadata) ? new Answer.Stored(found.eTag()) : new Answer.Refused(false));
    }

    private static boolean isOwn(HeadObjectResponse found, Map<String, String> metadata) {
        return Objects.equals(metadata.get(NONCE), found.metadata().get(NONCE));
    }

    static RequestBody body(ByteBuffer content) {
        return RequestBody.fromContentProvider(() -> new BufferInput(content), content.remaining(), CONTENT_TYPE);
    }

    static Optional<String> ifAbsent(Condition condition) {
        return condition instanceof Condition.IfAbsent ? Optional.of("*") : Optional.empty();
    }

    static Optional<String> ifMatches(Condition condition) {
        return condition instanceof Condition.IfMatches matches
                ? Optional.of(Target.quoted(matches.tag()))
                : Optional.empty();
    }

    /** If-Match of an object that is not there is 404 on some servers and 412 on others. */
    static boolean isRefused(S3Exception e, Condition condition) {
        return switch (condition) {
            case Condition.Always _ -> false;
            case Condition.IfAbsent _ -> e.statusCode() == 412;
            case Condition.IfMatches _ ->
                e.statusCode() == 412
                        || (e.statusCode() == 404 && Failure.code(e).equals("NoSuchKey"));
        };
    }

    /** What stands in the way is our own object, or somebody else's. */
    private PutResult own(ObjectKey key, Map<String, String> metadata) {
        return reading.head("Writing", key)
                .filter(found -> isOwn(found, metadata))
                .<PutResult>map(found -> new PutResult.Done(Target.tag(found.eTag(), key)))
                .orElseGet(PutResult.ConditionFailed::new);
    }
}
