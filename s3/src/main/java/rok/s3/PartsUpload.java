package rok.s3;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;
import rok.s3.Writing.Answer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Large objects in parts, side by side; a lost part is sent again alone. The condition is decided when they are put
 * together. An upload that fails is given up, and one that a dead process left, a day later by whoever uploads next.
 */
final class PartsUpload {
    /** From this size on. */
    static final int FROM_BYTES = 32 << 20;

    private static final int PART_BYTES = 16 << 20;
    private static final int PARTS_AT_ONCE = 4;
    private static final Duration LEFT_AFTER = Duration.ofDays(1);

    private final S3Client client;
    private final Requests requests;
    private final Target target;
    private final InstantSource clock;
    private final AtomicBoolean swept = new AtomicBoolean();

    PartsUpload(S3Client client, Requests requests, Target target, InstantSource clock) {
        this.client = client;
        this.requests = requests;
        this.target = target;
        this.clock = clock;
    }

    Answer put(ObjectKey key, ByteBuffer content, Condition condition, Map<String, String> metadata) {
        if (swept.compareAndSet(false, true)) {
            sweep();
        }
        var upload = begin(key, metadata);
        var complete = false;
        try {
            var answer = complete(key, upload, parts(key, upload, content), condition);
            complete = answer instanceof Answer.Stored;
            return answer;
        } finally {
            if (!complete) {
                abandon(target.name(key), upload);
            }
        }
    }

    private String begin(ObjectKey key, Map<String, String> metadata) {
        var request = CreateMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(target.name(key))
                .contentType(Writing.CONTENT_TYPE)
                .metadata(metadata)
                .overrideConfiguration(override -> Target.bound(override, 0))
                .build();
        return requests.send(
                Operation.MULTIPART,
                "Writing " + key,
                0,
                _ -> client.createMultipartUpload(request).uploadId());
    }

    private List<CompletedPart> parts(ObjectKey key, String upload, ByteBuffer content) {
        var count = (content.remaining() + PART_BYTES - 1) / PART_BYTES;
        return IntStream.range(0, count)
                .boxed()
                .gather(Gatherers.mapConcurrent(PARTS_AT_ONCE, i -> part(key, upload, content, i)))
                .toList();
    }

    private CompletedPart part(ObjectKey key, String upload, ByteBuffer content, int index) {
        var start = content.position() + index * PART_BYTES;
        var bytes = content.duplicate();
        bytes.limit(Math.min(content.limit(), start + PART_BYTES)).position(start);
        var request = UploadPartRequest.builder()
                .bucket(target.bucket())
                .key(target.name(key))
                .uploadId(upload)
                .partNumber(index + 1)
                .overrideConfiguration(override -> Target.bound(override, PART_BYTES))
                .build();
        var tag = requests.send(
                Operation.MULTIPART,
                "Writing part %d of %s".formatted(index + 1, key),
                bytes.remaining(),
                _ -> client.uploadPart(request, Writing.body(bytes)).eTag());
        return CompletedPart.builder().partNumber(index + 1).eTag(tag).build();
    }

    private Answer complete(ObjectKey key, String upload, List<CompletedPart> parts, Condition condition) {
        var request = CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(target.name(key))
                .uploadId(upload)
                .multipartUpload(all -> all.parts(parts))
                .overrideConfiguration(override -> Target.bound(override, 0));
        Writing.ifAbsent(condition).ifPresent(request::ifNoneMatch);
        Writing.ifMatches(condition).ifPresent(request::ifMatch);
        return requests.send(Operation.MULTIPART, "Writing " + key, 0, again -> {
            try {
                return new Answer.Stored(
                        client.completeMultipartUpload(request.build()).eTag());
            } catch (S3Exception e) {
                if (Writing.isRefused(e, condition)) {
                    return new Answer.Refused(again);
                }
                if (again && Failure.code(e).equals("NoSuchUpload")) {
                    // The attempt before may have put it together.
                    return new Answer.Refused(true);
                }
                throw e;
            }
        });
    }

    private void abandon(String name, String upload) {
        var request = AbortMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(name)
                .uploadId(upload)
                .overrideConfiguration(override -> Target.bound(override, 0))
                .build();
        try {
            var _ = requests.send(Operation.MULTIPART, "Giving up the upload of " + name, 0, _ -> {
                try {
                    client.abortMultipartUpload(request);
                } catch (S3Exception e) {
                    if (e.statusCode() != 404) {
                        throw e;
                    }
                }
                return true;
            });
        } catch (StoreException e) {
            // It costs room until the next sweep, and hurts nobody.
            return;
        }
    }

    private void sweep() {
        var request = ListMultipartUploadsRequest.builder()
                .bucket(target.bucket())
                .prefix(target.prefix())
                .overrideConfiguration(override -> Target.bound(override, 0))
                .build();
        try {
            var uploads = requests.send(
                    Operation.MULTIPART,
                    "Looking for uploads that were left",
                    0,
                    _ -> client.listMultipartUploads(request).uploads());
            var before = clock.instant().minus(LEFT_AFTER);
            uploads.stream()
                    .filter(left -> left.initiated() != null && left.initiated().isBefore(before))
                    .forEach(left -> abandon(left.key(), left.uploadId()));
        } catch (StoreException e) {
            // A server that does not list them, or a user who may not, need not stop the upload.
            return;
        }
    }
}
