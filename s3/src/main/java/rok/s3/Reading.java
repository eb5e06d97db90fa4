package rok.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;
import rok.object.KeyShape;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Stored;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Reads objects and ranges of them; a body that breaks off is asked for again from where it ended. */
final class Reading {
    private static final int PIECE_BYTES = 64 << 10;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d{1,18})-\\d{1,18}|\\*)/(\\d{1,18}|\\*)");

    private final S3Client client;
    private final Requests requests;
    private final Target target;
    private final Throttle throttle;
    private final Ticks ticks;

    Reading(S3Client client, Requests requests, Target target, Throttle throttle, Ticks ticks) {
        this.client = client;
        this.requests = requests;
        this.target = target;
        this.throttle = throttle;
        this.ticks = ticks;
    }

    /** Fills {@code into} from the offset. Where it fails, the buffer's position is what it was. */
    void range(ObjectKey key, long offset, ByteBuffer into) {
        var start = into.position();
        var wanted = into.remaining();
        try {
            var _ = requests.send(Operation.GET, "Reading " + key, wanted, _ -> {
                var got = into.position() - start;
                try (var body = open(key, offset + got, into.remaining())) {
                    checkRange(key, offset, got, wanted, body.response());
                    fill(into, body);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (S3Exception e) {
                    throw answer(e, key, offset, wanted);
                }
                return true;
            });
        } catch (RuntimeException e) {
            into.position(start);
            throw e;
        }
    }

    /** The whole object as it is now. */
    Optional<Stored> whole(ObjectKey key) {
        var partial = new Partial();
        return requests.send(Operation.GET, "Reading " + key, 0, _ -> {
            try {
                return Optional.of(partial.goOn(key));
            } catch (S3Exception e) {
                if (Target.isMissing(e)) {
                    return Optional.empty();
                }
                if (e.statusCode() == 412 || e.statusCode() == 416) {
                    // Replaced meanwhile: from the beginning.
                    partial.forget();
                    throw Failure.cutOff("the object was replaced while it was read");
                }
                throw e;
            }
        });
    }

    /** What the server knows of the object; empty where there is none. */
    Optional<HeadObjectResponse> head(String doing, ObjectKey key) {
        return requests.send(Operation.HEAD, doing + " " + key, 0, _ -> ask(key));
    }

    /** One attempt to do that. */
    Optional<HeadObjectResponse> ask(ObjectKey key) {
        var request = HeadObjectRequest.builder()
                .bucket(target.bucket())
                .key(target.name(key))
                .overrideConfiguration(override -> Target.bound(override, 0))
                .build();
        try {
            return Optional.of(client.headObject(request));
        } catch (S3Exception e) {
            if (Target.isMissing(e)) {
                return Optional.empty();
            }
            if (e.statusCode() >= 500 || !Failure.code(e).isEmpty()) {
                throw e;
            }
            return askWhy(key);
        }
    }

    /** An answer to HEAD has no body and so no reason, such as a wrong clock or an expired token. GET's has, and throws. */
    private Optional<HeadObjectResponse> askWhy(ObjectKey key) {
        requests.count(Operation.GET);
        try (var body = open(key, 0, 1)) {
            body.abort();
            throw Failure.cutOff("the server refuses HEAD and allows GET");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (S3Exception e) {
            if (Target.isMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private ResponseInputStream<GetObjectResponse> open(ObjectKey key, long first, int length) {
        return client.getObject(GetObjectRequest.builder()
                .bucket(target.bucket())
                .key(target.name(key))
                .range("bytes=%d-%d".formatted(first, first + length - 1))
                .overrideConfiguration(override -> Target.bound(override, length))
                .build());
    }

    private static void checkRange(ObjectKey key, long offset, int got, int wanted, GetObjectResponse answer) {
        var range = answer.contentRange() == null ? null : CONTENT_RANGE.matcher(answer.contentRange());
        if (range == null
                || !range.matches()
                || range.group(1) == null
                || Long.parseLong(range.group(1)) != offset + got) {
            throw new StoreException.Incompatible(
                    "The server answers with other bytes of %s than those it was asked for: it cannot hold a store"
                            .formatted(key));
        }
        if (answer.contentLength() != null && answer.contentLength() != wanted - got) {
            throw KeyShape.tooShort(key, number(range.group(2), offset + got + answer.contentLength()), offset, wanted);
        }
    }

    private static RuntimeException answer(S3Exception e, ObjectKey key, long offset, int wanted) {
        if (Target.isMissing(e)) {
            return KeyShape.missing(key);
        }
        if (e.statusCode() == 416) {
            var size = Optional.ofNullable(e.awsErrorDetails())
                    .map(details -> details.sdkHttpResponse())
                    .flatMap(response -> response.firstMatchingHeader("Content-Range"))
                    .map(CONTENT_RANGE::matcher)
                    .filter(range -> range.matches())
                    .map(range -> number(range.group(2), 0));
            return size.<RuntimeException>map(bytes -> KeyShape.tooShort(key, bytes, offset, wanted))
                    .orElseGet(() -> new StoreException.Corrupt(
                            "Object %s is corrupt: it ends before %d, and %d bytes were wanted from there"
                                    .formatted(key, offset, wanted)));
        }
        return e;
    }

    private static long number(@Nullable String text, long otherwise) {
        return text == null || text.equals("*") ? otherwise : Long.parseLong(text);
    }

    /** Fills the buffer, within the rate and the time that so many bytes may take, waiting for the rate not counted. */
    private void fill(ByteBuffer into, ResponseInputStream<?> body) {
        var piece = into.hasArray() ? into.array() : new byte[Math.min(PIECE_BYTES, Math.max(1, into.remaining()))];
        var most = Target.timeFor(into.remaining()).toNanos();
        var taken = 0L;
        var whole = false;
        try {
            while (into.hasRemaining()) {
                var before = ticks.nanos();
                var at = into.hasArray() ? into.arrayOffset() + into.position() : 0;
                var got = body.read(piece, at, Math.min(into.remaining(), PIECE_BYTES));
                taken += ticks.nanos() - before;
                if (got < 0) {
                    throw Failure.cutOff("the body ended %d bytes early".formatted(into.remaining()));
                }
                if (taken > most) {
                    throw Failure.cutOff("the body comes too slowly");
                }
                if (into.hasArray()) {
                    into.position(into.position() + got);
                } else {
                    into.put(piece, 0, got);
                }
                throttle.download.take(got);
            }
            whole = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while waiting for the rate"));
        } finally {
            if (!whole) {
                // Closing would read the rest.
                body.abort();
            }
        }
    }

    /** An object of which a part may have come. */
    private final class Partial {
        private @Nullable ByteBuffer content;
        private @Nullable String tag;

        void forget() {
            content = null;
            tag = null;
        }

        Stored goOn(ObjectKey key) {
            if (content != null && content.position() == 0) {
                forget();
            }
            var before = content;
            try (var body = client.getObject(request(key, before))) {
                var length = body.response().contentLength();
                if (before == null) {
                    if (length == null || length > ObjectStore.OBJECT_BYTES_MAX) {
                        body.abort();
                        throw new StoreException.Corrupt(
                                "Object %s is corrupt: it has %s bytes, more than the %d there may be"
                                        .formatted(key, length, ObjectStore.OBJECT_BYTES_MAX));
                    }
                    before = ByteBuffer.allocate(length.intValue());
                    content = before;
                    tag = body.response().eTag();
                } else if (length == null || length != before.remaining()) {
                    body.abort();
                    forget();
                    throw Failure.cutOff("the rest of the object has another length");
                }
                fill(before, body);
                return new Stored(before.flip().asReadOnlyBuffer(), Target.tag(tag, key));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private GetObjectRequest request(ObjectKey key, @Nullable ByteBuffer before) {
            var request = GetObjectRequest.builder()
                    .bucket(target.bucket())
                    .key(target.name(key))
                    .overrideConfiguration(override -> Target.bound(override, ObjectStore.OBJECT_BYTES_MAX));
            if (before != null) {
                request.range("bytes=%d-".formatted(before.position())).ifMatch(tag);
            }
            return request.build();
        }
    }
}
