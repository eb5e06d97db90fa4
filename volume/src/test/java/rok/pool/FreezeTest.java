package rok.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static rok.pool.PoolFixture.MIB;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frozen copies, and that nothing stays frozen. */
class FreezeTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void aGroupIsCopiedAsItIsAndStaysSo(PoolKind kind) throws Exception {
        try (var fixture = new PoolFixture(temporary, kind, 1024 * MIB)) {
            var pool = fixture.pool();
            var data = pool.create("data", 64 * MIB, FileSystem.EXT4);
            var raw = pool.create("raw", 16 * MIB, FileSystem.RAW);
            var point = fixture.folder("m");
            data.mount(point, MountOptions.DEFAULT);
            Files.writeString(point.resolve("file"), "before");
            writeAt(raw.attach(), 4096, "before");
            try (var group = pool.freeze(List.of(raw, data), FreezeOptions.DEFAULT)) {
                Files.writeString(point.resolve("file"), "after");
                writeAt(raw.attach(), 4096, "after!");
                assertThat(group.pause()).isPositive().isLessThan(Watchdog.PATIENCE);
                assertThat(group.warnings()).isEmpty();
                var frozenRaw = group.volumes().getFirst();
                assertThat(read(frozenRaw.path(), 4096, 6)).isEqualTo("before");
                assertThat(frozenRaw.size()).isEqualTo(16 * MIB);
                assertThat(frozenRaw.extents().isPresent()).isEqualTo(kind == PoolKind.XFS);
                var clone = pool.clone(group.volumes().get(1), "clone");
                clone.mount(fixture.folder("c"), MountOptions.DEFAULT);
                assertThat(fixture.folder("c").resolve("file")).hasContent("before");
                clone.unmount();
                assertThat(PoolFixture.run("e2fsck", "-fn", clone.path().toString()))
                        .isZero();
            }
            assertThat(pool.layout().frozen()).isEmptyDirectory();
            assertThat(point.resolve("file")).hasContent("after");
            assertThat(pool.volumes()).extracting(BlockVolume::name).containsExactly("clone", "data", "raw");
            assertThat(pool.usage(pool.volume("clone")).shared()).isPositive();
        }
    }

    /** One is always written after the other, so no instant has more in the second. */
    @ParameterizedTest
    @EnumSource
    void aGroupIsOneInstantOfBothVolumes(PoolKind kind) throws Exception {
        try (var fixture = new PoolFixture(temporary, kind, 1024 * MIB)) {
            var pool = fixture.pool();
            var volumes = List.of(
                    pool.create("first", 32 * MIB, FileSystem.EXT4), pool.create("second", 32 * MIB, FileSystem.EXT4));
            for (var volume : volumes) {
                volume.mount(fixture.folder(volume.name()), MountOptions.DEFAULT);
            }
            var stop = new AtomicBoolean();
            var failure = new AtomicReference<Exception>();
            var writer = Thread.ofPlatform().start(() -> count(fixture, stop, failure));
            try {
                for (var round = 0; round < 6; round++) {
                    try (var group = pool.freeze(volumes, FreezeOptions.DEFAULT)) {
                        var first = counted(fixture, group.volumes().getFirst());
                        var second = counted(fixture, group.volumes().getLast());
                        assertThat(first - second).as("round %d", round).isBetween(0L, 1L);
                    }
                }
            } finally {
                stop.set(true);
                writer.join();
            }
            assertThat(failure.get()).isNull();
        }
    }

    private static void count(PoolFixture fixture, AtomicBoolean stop, AtomicReference<Exception> failure) {
        try (var first = new RandomAccessFile(fixture.folder("first/count").toFile(), "rwd");
                var second = new RandomAccessFile(fixture.folder("second/count").toFile(), "rwd")) {
            for (var n = 1L; !stop.get(); n++) {
                first.seek(0);
                first.writeLong(n);
                second.seek(0);
                second.writeLong(n);
            }
        } catch (Exception e) {
            failure.set(e);
        }
    }

    private static long counted(PoolFixture fixture, FrozenVolume frozen) throws Exception {
        var clone = frozen.volume().pool().clone(frozen, "clone");
        try {
            clone.mount(fixture.folder("clone"), MountOptions.DEFAULT);
            try (var file = new RandomAccessFile(fixture.folder("clone/count").toFile(), "r")) {
                return file.length() == 0 ? 0 : file.readLong();
            }
        } finally {
            clone.unmount();
            clone.remove();
        }
    }

    private static void writeAt(Path path, long position, String text) throws Exception {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(position);
            file.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String read(Path path, long position, int length) throws Exception {
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            var bytes = new byte[length];
            file.seek(position);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBaseIsReplacedAtOnceAndItsLossIsTold(PoolKind kind) throws Exception {
        try (var fixture = new PoolFixture(temporary, kind, 512 * MIB)) {
            var volume = fixture.pool().create("data", 16 * MIB, FileSystem.RAW);
            assertThat(volume.base()).isEqualTo(new Base.None());
            keep(fixture.pool(), volume, "first\nversion 1");
            var first = (Base.Kept) volume.base();
            assertThat(first.note()).isEqualTo("first\nversion 1");
            keep(fixture.pool(), volume, "");
            assertThat(first.disk()).doesNotExist();
            var pool = fixture.reopen();
            var second = (Base.Kept) pool.volume("data").base();
            assertThat(second.note()).isEmpty();
            assertThat(second.disk()).hasSize(16 * MIB);
            assertThat(ChangedExtents.between(second.disk(), volume.path(), 16 * MIB)
                            .ranges())
                    .isEmpty();
            assertThatThrownBy(() -> keep(pool, pool.volume("data"), "x".repeat(70_000)))
                    .hasMessageContaining("too long");

            var document = pool.layout().base(volume.id());
            var bytes = Files.readAllBytes(document);
            bytes[20] ^= 1;
            Files.write(document, bytes);
            assertThat(pool.volume("data").base()).isInstanceOf(Base.Lost.class);
            assertThat(fixture.reopen().findings()).anyMatch(told -> told.contains("may be a base"));
            keep(fixture.pool(), fixture.pool().volume("data"), "third");
            fixture.reopen();
            assertThat(fixture.pool().volume("data").base()).isInstanceOf(Base.Kept.class);
            assertThat(new PoolFiles().names(fixture.pool().layout().frozen())).hasSize(1);
            fixture.pool().volume("data").remove();
            assertThat(fixture.pool().layout().frozen()).isEmptyDirectory();
        }
    }

    private static void keep(Pool pool, BlockVolume volume, String note) {
        try (var group = pool.freeze(List.of(volume), FreezeOptions.DEFAULT)) {
            group.volumes().getFirst().keepAsBase(note);
        }
    }

    @Test
    void hooksRunAroundTheFreezeAndAFailingOneStopsIt() {
        try (var fixture = new PoolFixture(temporary, PoolKind.XFS, 512 * MIB)) {
            var pool = fixture.pool();
            var volume = pool.create("data", 16 * MIB, FileSystem.EXT4);
            volume.mount(fixture.folder("m"), MountOptions.DEFAULT);
            var good = hook("true");
            var after = hook("touch " + fixture.folder("after"));
            try (var group =
                    pool.freeze(List.of(volume), FreezeOptions.DEFAULT.withHooks(good, hook("echo no; false")))) {
                assertThat(group.warnings()).singleElement().asString().contains("after the freeze failed", "no");
            }
            assertThatThrownBy(() -> pool.freeze(
                            List.of(volume), FreezeOptions.DEFAULT.withHooks(hook("echo busy; exit 3"), after)))
                    .hasMessageContaining("nothing was frozen")
                    .hasMessageContaining("busy");
            assertThat(fixture.folder("after")).exists();
            assertThatThrownBy(
                            () -> pool.freeze(List.of(volume), FreezeOptions.DEFAULT.withHooks(hook("sleep 30"), good)))
                    .hasMessageContaining("did not end within 1 s");
            assertThatThrownBy(
                            () -> pool.freeze(List.of(volume), FreezeOptions.DEFAULT.withPauseMax(Duration.ofNanos(1))))
                    .hasMessageContaining("extents on XFS");
            assertThat(pool.layout().frozen()).isEmptyDirectory();
        }
    }

    private static Hook hook(String script) {
        return new Hook(List.of("sh", "-c", script), Duration.ofSeconds(1));
    }

    @Test
    void aFreezeThatHangsIsThawedAndItsCopiesAreRemoved() {
        try (var fixture = new PoolFixture(temporary, PoolKind.BTRFS, 512 * MIB)) {
            var pool = fixture.pool();
            var volume = pool.create("data", 16 * MIB, FileSystem.EXT4);
            volume.mount(fixture.folder("m"), MountOptions.DEFAULT);
            // The write ends when the watchdog thaws, and only then
            var freeze = new Freeze(pool, FreezeOptions.DEFAULT, () -> write(fixture.folder("m/file")));
            assertThatThrownBy(() -> freeze.toGroup(List.of(volume))).hasMessageContaining("took longer than 5 s");
            assertThat(pool.layout().frozen()).isEmptyDirectory();
            write(fixture.folder("m/other"));
        }
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "text");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The process that is killed: freezes, says so, and stays. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            var pool = Pool.openFile(Path.of(arguments[0]), Path.of(arguments[1]), PoolFixture.RANDOM);
            pool.draft("half", 16 * MIB, FileSystem.RAW);
            new Freeze(pool, FreezeOptions.DEFAULT, () -> {
                        System.out.println("frozen");
                        try {
                            Thread.sleep(60_000);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    })
                    .toGroup(List.of(pool.volume("data")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void killingTheProcessThatFrozeLeavesNothingFrozenAndNothingBehind(PoolKind kind) throws Exception {
        try (var fixture = new PoolFixture(temporary, kind, 512 * MIB)) {
            var volume = fixture.pool().create("data", 16 * MIB, FileSystem.EXT4);
            var point = fixture.folder("m");
            volume.mount(point, MountOptions.DEFAULT);
            var classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            var child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xmx64m",
                            "-cp",
                            classes,
                            Child.class.getName(),
                            fixture.image().toString(),
                            fixture.mountPoint().toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                assertThat(child.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("frozen");
            } finally {
                child.destroyForcibly();
            }
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).isEqualTo(137);

            Files.writeString(point.resolve("file"), "written");
            PoolFixture.run("sync", "-f", point.toString());
            assertThat(new PoolFiles().names(fixture.pool().layout().frozen())).hasSize(1);
            try (var pool = Pool.openFile(fixture.image(), fixture.mountPoint(), PoolFixture.RANDOM)) {
                assertThat(pool.findings()).hasSize(2);
                assertThat(pool.layout().frozen()).isEmptyDirectory();
                assertThat(pool.layout().drafts()).isEmptyDirectory();
                assertThat(new PoolFiles().names(pool.layout().sessions())).hasSize(2);
                assertThat(pool.volume("data").mountPoints()).containsExactly(point);
            }
        }
    }
}
