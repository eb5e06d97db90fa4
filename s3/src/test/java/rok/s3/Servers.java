package rok.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import rok.testkit.S3Server;
import rok.testkit.S3Server.Kind;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The real servers of this test run, each started by the first test that wants it, and the stores on them. */
final class Servers {
    private static final Map<Kind, S3Server> RUNNING = new EnumMap<>(Kind.class);
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private Servers() {}

    static synchronized int port(Kind kind) throws Exception {
        var running = RUNNING.get(kind);
        if (running == null) {
            var program = kind.program();
            assumeTrue(program.isPresent(), kind + " is not built: run tests/s3-servers build");
            running = S3Server.start(kind, program.orElseThrow(), Files.createTempDirectory("rok-s3-"));
            RUNNING.put(kind, running);
        }
        return running.port();
    }

    /** A prefix that no other test of this run uses. */
    static String newPrefix() {
        return "test-" + PREFIXES.incrementAndGet();
    }

    static S3Location location(int port, String prefix) {
        return S3Location.parse(
                "s3://%s/%s?endpoint=http://127.0.0.1:%d".formatted(S3Server.BUCKET, prefix, port), Map.of());
    }

    static S3ObjectStore store(int port, String prefix) {
        return store(port, prefix, Throttle.open());
    }

    static S3ObjectStore store(int port, String prefix, Throttle throttle) {
        return S3ObjectStore.open(location(port, prefix), throttle, credentials());
    }

    static Supplier<AwsCredentialsProvider> credentials() {
        return () ->
                StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Server.ACCESS_KEY, S3Server.SECRET_KEY));
    }
}
