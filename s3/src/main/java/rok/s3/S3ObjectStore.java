package rok.s3;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import rok.object.KeyShape;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.RemoteObjects;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Objects in a bucket of S3, or of a server that speaks it and honours conditional writes (docs/reference/object-stores.md
 * says what is asked of it). Any number of processes may use one bucket. Safe for use by many threads. Close it.
 */
public final class S3ObjectStore implements ObjectStore, RemoteObjects {
    private final S3Location location;
    private final Connection connection;
    private final S3Client client;
    private final Target target;
    private final Requests requests;
    private final Writing writing;
    private final Reading reading;

    private S3ObjectStore(
            S3Location location,
            Throttle throttle,
            Connection connection,
            RandomGenerator random,
            InstantSource clock) {
        var ticks = Ticks.system();
        this.location = location;
        this.connection = connection;
        this.client = connection.client;
        this.target = new Target(location.bucket(), location.prefix());
        this.requests = new Requests(throttle, connection.credentials, ticks, random, location.toString());
        this.reading = new Reading(client, requests, target, throttle, ticks);
        this.writing = new Writing(client, requests, target, reading, random, clock);
    }

    /** Opens the store; asks the server nothing yet. Credentials come from where Amazon's own tools take them. */
    public static S3ObjectStore open(S3Location location, Throttle throttle) {
        return open(location, throttle, Connection.usualChain(location));
    }

    static S3ObjectStore open(S3Location location, Throttle throttle, Supplier<AwsCredentialsProvider> credentials) {
        var clock = InstantSource.system();
        return new S3ObjectStore(
                location, throttle, Connection.open(location, throttle, credentials, clock), new SecureRandom(), clock);
    }

    @Override
    public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        KeyShape.requireObject(key);
        if (content.remaining() > OBJECT_BYTES_MAX) {
            throw KeyShape.tooLarge(key, content.remaining());
        }
        return writing.put(key, content, condition);
    }

    @Override
    public void get(ObjectKey key, long offset, ByteBuffer into) {
        KeyShape.requireObject(key);
        if (offset >= 0 && into.hasRemaining()) {
            reading.range(key, offset, into);
            return;
        }
        var size = stat(key).orElseThrow(() -> KeyShape.missing(key)).size();
        if (offset < 0 || offset > size) {
            throw KeyShape.tooShort(key, size, offset, into.remaining());
        }
    }

    @Override
    public Optional<Stored> read(ObjectKey key) {
        KeyShape.requireObject(key);
        return reading.whole(key);
    }

    @Override
    public Optional<ObjectInfo> stat(ObjectKey key) {
        KeyShape.requireObject(key);
        return reading.head("Looking at", key).map(found -> new ObjectInfo(key, found.contentLength()));
    }

    @Override
    public Stream<ObjectInfo> list(ObjectKey prefix) {
        return stream(new Listing(client, requests, target, prefix, false));
    }

    @Override
    public Stream<ObjectKey> children(ObjectKey prefix) {
        KeyShape.requireFolder(prefix);
        return stream(new Listing(client, requests, target, prefix, true)).map(ObjectInfo::key);
    }

    private static Stream<ObjectInfo> stream(Iterator<ObjectInfo> items) {
        var order = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(items, order), false);
    }

    /** A pack on its way to a server waits for round trips most of the time. Each more holds 16 MiB. */
    @Override
    public int putsAtOnce() {
        return 4;
    }

    @Override
    public boolean isEmpty() {
        return Listing.isEmpty(client, requests, target);
    }

    @Override
    public void delete(ObjectKey key) {
        KeyShape.requireObject(key);
        var request = DeleteObjectRequest.builder()
                .bucket(target.bucket())
                .key(target.name(key))
                .overrideConfiguration(override -> Target.bound(override, 0))
                .build();
        var _ = requests.send(Operation.DELETE, "Deleting " + key, 0, _ -> {
            try {
                client.deleteObject(request);
            } catch (S3Exception e) {
                if (!Target.isMissing(e)) {
                    throw e;
                }
            }
            return true;
        });
    }

    /** What was asked of the server so far. */
    public RequestCounters counters() {
        return requests.counters(connection.wire);
    }

    @Override
    public Optional<Duration> clockSkew() {
        return connection.wire.skew();
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Bucket, prefix and server. */
    @Override
    public String toString() {
        return location.toString();
    }
}
