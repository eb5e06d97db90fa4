package rok.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static rok.catalog.Fixture.BUCKET;
import static rok.catalog.Fixture.FILE;
import static rok.catalog.Fixture.ME;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.format.StoreException;
import rok.object.FolderObjectStore;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/** docs/protocol.md, at every point at which a writer can stop, lose an answer, or meet another. */
class ProtocolTest {
    private final Fixture fixture = new Fixture();

    @Test
    void aCrashAtAnyCallLeavesNothingThatIsHalf(@TempDir Path cache) {
        for (var afterwards : new boolean[] {false, true}) {
            var crashed = true;
            for (var call = 1; crashed; call++) {
                var objects = new MemoryObjectStore();
                var before = fixture.commit(fixture.catalog(objects), "before");
                fixture.pass(Duration.ofMillis(1));
                var home = Optional.of(cache.resolve(call + "-" + afterwards));
                var failing = new Failing(objects, call, afterwards, true);
                crashed = write(fixture.catalog(failing, Fixture.dead(), home));

                var next = fixture.catalog(objects, ME, home);
                next.sweep();
                var listing = next.versions(BUCKET, FILE);
                assertThat(listing.damaged()).isEmpty();
                assertThat(listing.items())
                        .as("call %d", call)
                        .allMatch(v -> v.state() != VersionState.PENDING)
                        .hasSizeBetween(1, 2);
                for (var version : listing.items()) {
                    if (version.state() == VersionState.COMMITTED) {
                        assertThat(next.find(version.url()).version().members()).hasSize(1);
                    }
                }
                assertThat(next.find(before.url()).version()).isEqualTo(before);
                fixture.pass(Duration.ofMillis(1));
                var after = fixture.commit(next, "after");
                assertThat(next.head(BUCKET, FILE)).contains(after);
                assertThat(crashed || listing.items().getFirst().title().equals("crash"))
                        .isTrue();
            }
        }
    }

    private boolean write(Catalog catalog) {
        try {
            var pending = catalog.begin(BUCKET, FILE, "crash", Map.of());
            pending.renew();
            pending.commit(fixture.version(pending.url(), "crash"));
            return false;
        } catch (Crash _) {
            return true;
        }
    }

    @Test
    void anAnswerThatGetsLostAtAnyCallCostsNothing() {
        for (var call = 1; call <= 12; call++) {
            var objects = new MemoryObjectStore();
            fixture.catalog(objects).createBucket(BUCKET, "");
            var catalog = fixture.catalog(new Failing(objects, call, true, false));
            try (var pending = catalog.begin(BUCKET, FILE, "t", Map.of())) {
                pending.renew();
                pending.renew();
                var version = pending.commit(fixture.version(pending.url(), "t"));
                assertThat(fixture.catalog(objects).head(BUCKET, FILE)).contains(version);
            } catch (StoreException.Unavailable _) {
                // A read failed: the writer may give up, but must not leave half a version
                var states = fixture.catalog(objects).files(BUCKET).items();
                assertThat(states).allMatch(f -> f.newest().state() != VersionState.COMMITTED);
            }
        }
    }

    @Test
    void aStoreThatDoesNotAnswerForAWhileCostsNoVersion() {
        var objects = new MemoryObjectStore();
        var failing = new Failing(objects, 0, false, false);
        var catalog = fixture.catalog(failing);
        var pending = catalog.begin(BUCKET, FILE, "t", Map.of());
        for (var i = 0; i < 4; i++) {
            failing.failAt(1);
            pending.renew();
            fixture.pass(Pending.RENEWAL);
        }
        failing.failAt(1);
        var version = fixture.version(pending.url(), "t");
        assertThatThrownBy(() -> pending.commit(version)).isInstanceOf(StoreException.Unavailable.class);
        assertThat(pending.commit(version)).isEqualTo(version);
        assertThat(catalog.head(BUCKET, FILE)).contains(version);
    }

    @Test
    void ofACommitAndAFenceOneWins() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var i = 0; i < 300; i++) {
                var objects = new MemoryObjectStore();
                var writer = fixture.catalog(objects, Fixture.elsewhere("there"), Optional.empty());
                var pending = writer.begin(BUCKET, FILE, "t", Map.of());
                fixture.pass(Duration.ofHours(1));
                var collector = fixture.catalog(objects);
                var start = new CountDownLatch(1);
                var committing = threads.submit(() -> {
                    start.await();
                    try {
                        pending.commit(fixture.version(pending.url(), "t"));
                        return true;
                    } catch (FencedException _) {
                        return false;
                    }
                });
                var deleting = threads.submit(() -> {
                    start.await();
                    try {
                        collector.delete(pending.url());
                        return true;
                    } catch (InUseException _) {
                        return false;
                    }
                });
                start.countDown();
                var committed = committing.get();
                var deleted = deleting.get();
                // A delete that came after the commit removed a finished version, and may
                assertThat(committed || deleted).isTrue();
                assertThat(collector.record(pending.url()).isPresent()).isEqualTo(!deleted);
            }
        }
    }

    @Test
    void processesThatWriteOneFileAtOnceLoseNothing(@TempDir Path folder) throws Exception {
        var children = new ArrayList<Process>();
        for (var i = 0; i < 3; i++) {
            children.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Racer.class.getName(),
                            folder.toString(),
                            String.valueOf(i))
                    .inheritIO()
                    .start());
        }
        for (var child : children) {
            assertThat(child.waitFor()).isZero();
        }
        try (var objects = new FolderObjectStore(folder.resolve("store"))) {
            var catalog = new Catalog(objects, Fixture.LOCAL, Optional.of(folder.resolve("cache")), Actor.system());
            var listing = catalog.versions(BUCKET, FILE);
            assertThat(listing.damaged()).isEmpty();
            assertThat(listing.items()).hasSize(3 * Racer.VERSIONS).allMatch(v -> v.state() == VersionState.COMMITTED);
            assertThat(listing.items().stream().map(VersionSummary::title).distinct())
                    .hasSize(3 * Racer.VERSIONS);
            assertThat(catalog.bucket(BUCKET).orElseThrow().description()).startsWith("racer ");
        }
    }

    /** What each of the processes does. */
    static final class Racer {
        static final int VERSIONS = 20;

        private Racer() {}

        public static void main(String[] arguments) throws IOException {
            var folder = Path.of(arguments[0]);
            var fixture = new Fixture();
            try (var objects = new FolderObjectStore(folder.resolve("store"))) {
                var catalog = new Catalog(objects, Fixture.LOCAL, Optional.of(folder.resolve("cache")), Actor.system());
                catalog.createBucket(BUCKET, "racer " + arguments[1]);
                for (var i = 0; i < VERSIONS; i++) {
                    catalog.sweep();
                    fixture.commit(catalog, arguments[1] + "/" + i);
                    catalog.versions(BUCKET, FILE);
                }
            }
        }
    }

    /** The process is no more. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Fails at one call, before or after it was done, as a crash or as a store that is away. */
    private static final class Failing implements ObjectStore {
        private final ObjectStore below;
        private final boolean afterwards;
        private final boolean crash;
        private int left;
        private boolean crashed;

        Failing(ObjectStore below, int call, boolean afterwards, boolean crash) {
            this.below = below;
            this.left = call;
            this.afterwards = afterwards;
            this.crash = crash;
        }

        void failAt(int call) {
            left = call;
        }

        private <T> T call(Supplier<T> action) {
            if (crashed) {
                throw new Crash();
            }
            var now = --left == 0;
            if (now && !afterwards) {
                throw failure();
            }
            var answer = action.get();
            if (now) {
                throw failure();
            }
            return answer;
        }

        private RuntimeException failure() {
            if (crash) {
                crashed = true;
                throw new Crash();
            }
            return new StoreException.Unavailable("The store did not answer", new IOException("timeout"));
        }

        @Override
        public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
            return call(() -> below.put(key, content, condition));
        }

        @Override
        public void get(ObjectKey key, long offset, ByteBuffer into) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Stored> read(ObjectKey key) {
            return call(() -> below.read(key));
        }

        @Override
        public Optional<ObjectInfo> stat(ObjectKey key) {
            return call(() -> below.stat(key));
        }

        @Override
        public Stream<ObjectInfo> list(ObjectKey prefix) {
            return call(() -> below.list(prefix));
        }

        @Override
        public Stream<ObjectKey> children(ObjectKey prefix) {
            return call(() -> below.children(prefix));
        }

        @Override
        public boolean isEmpty() {
            return below.isEmpty();
        }

        @Override
        public void delete(ObjectKey key) {
            call(() -> {
                below.delete(key);
                return List.of();
            });
        }

        @Override
        public void close() {
            below.close();
        }
    }
}
