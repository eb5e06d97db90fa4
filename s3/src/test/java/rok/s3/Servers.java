package rok.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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
            var folder = Files.createTempDirectory("rok-s3-");
            var started = S3Server.start(kind, program.orElseThrow(), folder);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                started.close();
                remove(folder);
            }));
            running = started;
            RUNNING.put(kind, running);
        }
        return running.port();
    }

    private static void remove(Path folder) {
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
