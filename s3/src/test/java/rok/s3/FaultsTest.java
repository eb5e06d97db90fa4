package rok.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.testkit.FaultProxy;
import rok.testkit.FaultProxy.Fault;
import rok.testkit.S3Server.Kind;
import rok.testkit.SmallS3Server;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkGlobalTime;

/** What networks and servers do to a store, between the client and a real server. */
@Timeout(300)
class FaultsTest {
    private static final ObjectKey KEY = new ObjectKey("some/key");

    @TempDir
    Path work;

    /** The client keeps the difference of the clocks for the whole process, whichever server it was found with. */
    @AfterEach
    void forgetOtherClocks() {
        SdkGlobalTime.setGlobalTimeOffset(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NONE", "DENIED", "EXPIRED", "FLIP"},
            mode = EnumSource.Mode.EXCLUDE)
    void aSnapshotAndItsRestoreGoThroughRepeatedFaults(Fault fault) throws Exception {
        var seed = System.nanoTime();
        var random = new Random(seed);
        try (var proxy = proxy((_, _) -> chance(random, 0.15) ? fault : Fault.NONE)) {
            wholeFlow(proxy, "seed %d".formatted(seed));
            assertThat(proxy.faults()).as("seed %d", seed).isPositive();
        }
    }

    @Test
    void aSnapshotAndItsRestoreGoThroughAFarServer() throws Exception {
        try (var proxy = proxy((_, _) -> Fault.NONE)) {
            proxy.delay(240);
            wholeFlow(proxy, "240 ms away");
        }
    }

    private void wholeFlow(FaultProxy proxy, String when) throws Exception {
        try (var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            var flow = new WholeFlow(work, store);
            flow.create();
            var folder = WholeFlow.folder(work.resolve("folder"), 1, 4);
            var first = flow.snapshot(folder);
            Files.writeString(folder.resolve("small/7"), "changed");
            var second = flow.snapshot(folder);
            assertThat(second.size().fresh()).as(when).isLessThan(first.size().fresh() / 10);
            var outcome = flow.restore(second, work.resolve("out"));
            assertThat(outcome.damaged()).as(when).isEmpty();
            WholeFlow.assertSame(folder, work.resolve("out"));
        }
    }

    @Test
    void wrongBytesAreNamedAndNeverRestored() throws Exception {
        try (var proxy = proxy((_, _) -> Fault.NONE);
                var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            var flow = new WholeFlow(work, store);
            flow.create();
            var folder = WholeFlow.folder(work.resolve("folder"), 2, 4);
            var version = flow.snapshot(folder);
            var reads = new AtomicInteger();
            proxy.plan((method, target) ->
                    method.equals("GET") && target.contains("/packs/") && reads.getAndIncrement() >= 1
                            ? Fault.FLIP
                            : Fault.NONE);
            var out = work.resolve("out");
            var outcome = flow.restore(version, out);
            assertThat(proxy.faults()).isPositive();
            assertThat(outcome.damaged()).isNotEmpty();
            try (var files = Files.walk(out)) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.mismatch(file, folder.resolve(out.relativize(file))))
                            .isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void aPutWhoseAnswerGotLostIsKnownForItsOwn() throws Exception {
        try (var proxy = proxy((_, _) -> Fault.NONE);
                var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            proxy.plan(once("PUT", Fault.RESET_AFTER));
            var created = put(store, "one", new Condition.IfAbsent());
            assertThat(created).isInstanceOf(PutResult.Done.class);
            var tag = store.read(KEY).orElseThrow().tag();
            assertThat(created).isEqualTo(new PutResult.Done(tag));
            assertThat(store.counters().retries()).isEqualTo(1);
            assertThat(store.counters().heads()).isEqualTo(1);
            proxy.plan(once("PUT", Fault.RESET_AFTER));
            var replaced = put(store, "two", new Condition.IfMatches(tag));
            assertThat(replaced)
                    .isEqualTo(new PutResult.Done(store.read(KEY).orElseThrow().tag()));
            // Somebody else's object is none of ours, whatever happened to our attempts.
            proxy.plan(once("PUT", Fault.RESET_BEFORE));
            assertThat(put(store, "three", new Condition.IfAbsent())).isInstanceOf(PutResult.ConditionFailed.class);
            proxy.plan(once("PUT", Fault.RESET_AFTER));
            assertThat(put(store, "three", new Condition.IfMatches(tag))).isInstanceOf(PutResult.ConditionFailed.class);
        }
    }

    @Test
    void aLargePutWhoseLastAnswerGotLostIsKnownForItsOwn() throws Exception {
        try (var proxy = proxy((_, _) -> Fault.NONE);
                var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            var large = ByteBuffer.allocate(PartsUpload.FROM_BYTES + 1);
            var completions = new AtomicInteger();
            proxy.plan((method, target) ->
                    method.equals("POST") && target.contains("uploadId=") && completions.getAndIncrement() == 0
                            ? Fault.RESET_AFTER
                            : Fault.NONE);
            assertThat(store.put(KEY, large, new Condition.IfAbsent())).isInstanceOf(PutResult.Done.class);
            assertThat(completions.get()).isGreaterThan(1);
            assertThat(store.stat(KEY).orElseThrow().size()).isEqualTo(large.capacity());
            proxy.plan((_, _) -> Fault.NONE);
            assertThat(store.put(KEY, large, new Condition.IfAbsent())).isInstanceOf(PutResult.ConditionFailed.class);
        }
    }

    @Test
    void aBodyThatBreaksOffIsReadOnFromWhereItEnded() throws Exception {
        try (var proxy = proxy((_, _) -> Fault.NONE);
                var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            var content = new byte[4 << 20];
            new Random(3).nextBytes(content);
            store.put(KEY, ByteBuffer.wrap(content), new Condition.IfAbsent());
            for (var direct : new boolean[] {false, true}) {
                var before = store.counters();
                proxy.plan(once("GET", Fault.CUT));
                var into = direct ? ByteBuffer.allocateDirect(content.length) : ByteBuffer.allocate(content.length);
                store.get(KEY, 0, into);
                assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(content));
                var after = store.counters();
                assertThat(after.gets() - before.gets()).isEqualTo(2);
                assertThat(after.receivedBytes() - before.receivedBytes()).isLessThan(content.length + (64 << 10));
            }
            proxy.plan(once("GET", Fault.CUT));
            var before = store.counters().receivedBytes();
            assertThat(store.read(KEY).orElseThrow().content()).isEqualTo(ByteBuffer.wrap(content));
            assertThat(store.counters().receivedBytes() - before).isLessThan(content.length + (64 << 10));
        }
    }

    @Test
    void tooManyRequestsHalveWhatIsInFlight() throws Exception {
        try (var proxy = proxy(once("PUT", Fault.SLOW_DOWN));
                var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            assertThat(store.counters().limit()).isEqualTo(RequestLimiter.START);
            put(store, "one", new Condition.IfAbsent());
            assertThat(store.counters().limit()).isEqualTo(RequestLimiter.START / 2);
            assertThat(store.counters().throttled()).isEqualTo(1);
            assertThat(store.counters().inFlight()).isZero();
        }
    }

    @Test
    void expiredCredentialsAreLookedUpOnceMoreAndThenDenied() throws Exception {
        var lookedUp = new AtomicInteger();
        try (var proxy = proxy(once("PUT", Fault.EXPIRED));
                var store =
                        S3ObjectStore.open(Servers.location(proxy.port(), Servers.newPrefix()), Throttle.open(), () -> {
                            lookedUp.incrementAndGet();
                            return Servers.credentials().get();
                        })) {
            assertThat(put(store, "one", new Condition.IfAbsent())).isInstanceOf(PutResult.Done.class);
            assertThat(lookedUp.get()).isEqualTo(2);
            proxy.plan((_, _) -> Fault.EXPIRED);
            assertThatThrownBy(() -> put(store, "two", new Condition.Always()))
                    .isInstanceOf(StoreException.Denied.class)
                    .hasMessageContaining("some/key")
                    .hasMessageContaining("400 ExpiredToken")
                    .hasMessageContaining("renew");
            assertThat(lookedUp.get()).isEqualTo(3);
        }
    }

    @Test
    void aWriteThatIsDeniedForAMomentIsMade() throws Exception {
        try (var proxy = proxy(once("PUT", Fault.DENIED));
                var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            assertThat(put(store, "one", new Condition.IfAbsent())).isInstanceOf(PutResult.Done.class);
            assertThat(store.counters().retries()).isEqualTo(1);
            proxy.plan((_, _) -> Fault.DENIED);
            assertThatThrownBy(() -> put(store, "two", new Condition.Always()))
                    .isInstanceOf(StoreException.Denied.class)
                    .hasMessageContaining("some/key")
                    .hasMessageContaining("403 AccessDenied")
                    .hasMessageContaining("3 attempts");
            var before = store.counters().requests();
            assertThatThrownBy(() -> store.read(KEY)).isInstanceOf(StoreException.Denied.class);
            assertThat(store.counters().requests()).isEqualTo(before + 1);
        }
    }

    @Test
    void aWrongSecretIsDeniedAtOnce() throws Exception {
        try (var store = S3ObjectStore.open(
                Servers.location(Servers.port(Kind.VERSITYGW), Servers.newPrefix()),
                Throttle.open(),
                () -> StaticCredentialsProvider.create(AwsBasicCredentials.create("testtest", "wrong")))) {
            assertThatThrownBy(() -> put(store, "x", new Condition.Always()))
                    .isInstanceOf(StoreException.Denied.class)
                    .hasMessageContaining("403 SignatureDoesNotMatch")
                    .hasMessageContaining("secret key");
            assertThat(store.counters().requests()).isEqualTo(1);
        }
    }

    @Test
    void aBucketThatIsNotThereIsSaidToBeMissing() throws Exception {
        var location = S3Location.parse(
                "s3://no-such-bucket?endpoint=http://127.0.0.1:" + Servers.port(Kind.VERSITYGW), Map.of());
        try (var store = S3ObjectStore.open(location, Throttle.open(), Servers.credentials())) {
            assertThatThrownBy(() -> put(store, "x", new Condition.Always()))
                    .isInstanceOf(StoreException.Incompatible.class)
                    .hasMessageContaining("NoSuchBucket");
            assertThatThrownBy(() -> store.read(KEY)).isInstanceOf(StoreException.Incompatible.class);
        }
    }

    @Test
    void aServerThatIsAwayIsUnavailableAfterABoundedNumberOfAttempts() throws Exception {
        try (var proxy = proxy((_, _) -> Fault.RESET_BEFORE);
                var store = Servers.store(proxy.port(), Servers.newPrefix())) {
            assertThatThrownBy(() -> store.read(KEY))
                    .isInstanceOf(StoreException.Unavailable.class)
                    .hasMessageContaining("some/key")
                    .hasMessageContaining("8 attempts");
            assertThat(store.counters().gets()).isEqualTo(Requests.ATTEMPTS_MAX);
        }
    }

    @Test
    void aServerWithAnotherTimeIsFollowed() throws Exception {
        try (var server = new SmallS3Server(true, Duration.ofHours(-3));
                var store = Servers.store(server.port(), Servers.newPrefix())) {
            var flow = new WholeFlow(work, store);
            flow.create();
            var folder = WholeFlow.folder(work.resolve("folder"), 3, 2);
            flow.restore(flow.snapshot(folder), work.resolve("out"));
            WholeFlow.assertSame(folder, work.resolve("out"));
            assertThat(store.counters().retries()).isLessThanOrEqualTo(3);
            assertThat(store.clockSkew().orElseThrow()).isBetween(Duration.ofMinutes(-181), Duration.ofMinutes(-179));
        }
    }

    private static FaultProxy proxy(FaultProxy.Plan plan) throws Exception {
        return new FaultProxy(Servers.port(Kind.VERSITYGW), plan);
    }

    private static FaultProxy.Plan once(String method, Fault fault) {
        var met = new AtomicInteger();
        return (m, _) -> m.equals(method) && met.getAndIncrement() == 0 ? fault : Fault.NONE;
    }

    private static boolean chance(Random random, double probability) {
        synchronized (random) {
            return random.nextDouble() < probability;
        }
    }

    private static PutResult put(S3ObjectStore store, String content, Condition condition) {
        return store.put(KEY, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), condition);
    }
}
