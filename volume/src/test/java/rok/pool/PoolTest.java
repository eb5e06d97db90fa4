package rok.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static rok.pool.PoolFixture.MIB;
import static rok.pool.PoolFixture.RANDOM;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools and volumes on real file systems and loop devices. */
class PoolTest {
    private static final long POOL = 1024 * MIB;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void aVolumeIsMadeMountedEnlargedAndRemoved(PoolKind kind) throws Exception {
        try (var fixture = new PoolFixture(temporary, kind, POOL)) {
            var volume = fixture.pool().create("data", 64 * MIB, FileSystem.EXT4);
            assertThat(fixture.pool().usage(fixture.pool().volumes().getFirst()).allocated())
                    .isLessThan(8 * MIB);
            var point = fixture.folder("m");
            volume.mount(point, MountOptions.DEFAULT);
            volume.mount(point, MountOptions.DEFAULT);
            assertThat(volume.mountPoints()).containsExactly(point);
            Files.writeString(point.resolve("file"), "content");

            if (PoolFixture.canGrowMountedExt4()) {
                volume.resize(128 * MIB);
            } else {
                assertThatThrownBy(() -> volume.resize(128 * MIB)).hasMessageContaining("unmount it");
                volume.unmount();
                volume.resize(128 * MIB);
                volume.mount(point, MountOptions.DEFAULT);
            }
            assertThat(Files.getFileStore(point).getTotalSpace()).isGreaterThan(100 * MIB);
            volume.unmount();
            assertThat(volume.device()).isEmpty();
            volume.resize(256 * MIB);
            assertThat(volume.size()).isEqualTo(256 * MIB);
            assertThat(volume.device()).isEmpty();

            volume.mount(point, new MountOptions(true, true));
            assertThat(point.resolve("file")).hasContent("content");
            assertThat(Files.getFileStore(point).getTotalSpace()).isGreaterThan(220 * MIB);
            assertThat(Files.getFileStore(point).isReadOnly()).isTrue();
            volume.unmount();
            assertThat(PoolFixture.run("e2fsck", "-fn", volume.path().toString()))
                    .isZero();

            volume.remove();
            assertThat(fixture.pool().volumes()).isEmpty();
            assertThat(fixture.pool().layout().volumes()).isEmptyDirectory();
            assertThat(fixture.pool().layout().drafts()).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource
    void attachingTwiceGivesTheSameDeviceAndAllComesBackAfterAReboot(PoolKind kind) {
        try (var fixture = new PoolFixture(temporary, kind, POOL)) {
            var volume = fixture.pool().create("data", 16 * MIB, FileSystem.RAW);
            var device = volume.attach();
            assertThat(volume.attach()).isEqualTo(device);
            assertThat(fixture.reopen().volume("data").device()).contains(device);
            fixture.pool().volume("data").detach();
            fixture.pool().volume("data").detach();

            fixture.reboot();
            assertThat(fixture.pool().findings()).isEmpty();
            assertThat(fixture.pool().volume("data").size()).isEqualTo(16 * MIB);
            assertThat(fixture.pool().volume("data").id()).isEqualTo(volume.id());
        }
    }

    @Test
    void anXfsVolumeAndItsCloneAreMountedBesideEachOther() throws Exception {
        try (var fixture = new PoolFixture(temporary, PoolKind.BTRFS, POOL)) {
            var volume = fixture.pool().create("one", 320 * MIB, FileSystem.XFS);
            volume.mount(fixture.folder("one"), MountOptions.DEFAULT);
            Files.writeString(fixture.folder("one").resolve("file"), "content");
            var clone = volume.clone("two");
            clone.mount(fixture.folder("two"), MountOptions.DEFAULT);
            assertThat(fixture.folder("two").resolve("file")).hasContent("content");
            clone.resize(384 * MIB);
            assertThat(Files.getFileStore(fixture.folder("two")).getTotalSpace())
                    .isGreaterThan(300 * MIB);
            clone.unmount();
            clone.resize(448 * MIB);
            assertThat(clone.device()).isEmpty();
            assertThat(fixture.pool().layout().mounts()).isEmptyDirectory();
            clone.mount(fixture.folder("two"), MountOptions.DEFAULT);
            assertThat(Files.getFileStore(fixture.folder("two")).getTotalSpace())
                    .isGreaterThan(370 * MIB);
            Files.writeString(fixture.folder("two").resolve("file"), "other");
            assertThat(fixture.folder("one").resolve("file")).hasContent("content");
        }
    }

    @Test
    void whatCannotBeIsRefusedWithAReason() throws Exception {
        try (var fixture = new PoolFixture(temporary, PoolKind.BTRFS, POOL)) {
            var pool = fixture.pool();
            var volume = pool.create("data", 16 * MIB, FileSystem.EXT4);
            assertThatThrownBy(() -> pool.create("data", 16 * MIB, FileSystem.EXT4))
                    .isInstanceOf(PoolException.InUse.class)
                    .hasMessageContaining("There is a volume data already");
            assertThatThrownBy(() -> pool.create("Data", 16 * MIB, FileSystem.EXT4))
                    .hasMessageContaining("can't be called \"Data\"");
            assertThatThrownBy(() -> pool.create("odd", 4097, FileSystem.RAW)).hasMessageContaining("multiple of 4096");
            assertThatThrownBy(() -> pool.create("small", 16 * MIB, FileSystem.XFS))
                    .hasMessageContaining("at least 300 MiB");
            assertThatThrownBy(() -> pool.volume("none")).isInstanceOf(PoolException.NotFound.class);
            assertThatThrownBy(() -> FileSystem.of("ntfs")).hasMessageContaining("ext4, xfs or raw");
            assertThatThrownBy(() -> volume.resize(8 * MIB)).hasMessageContaining("can't become smaller");

            var full = Files.createDirectory(fixture.folder("full"));
            Files.writeString(full.resolve("file"), "");
            assertThatThrownBy(() -> volume.mount(full, MountOptions.DEFAULT)).hasMessageContaining("is not empty");
            assertThat(volume.device()).isEmpty();
            volume.mount(fixture.folder("m"), MountOptions.DEFAULT);
            var other = pool.create("other", 16 * MIB, FileSystem.EXT4);
            assertThatThrownBy(() -> other.mount(fixture.folder("m"), MountOptions.DEFAULT))
                    .isInstanceOf(PoolException.InUse.class);
            assertThatThrownBy(() -> volume.mount(fixture.folder("m2"), MountOptions.DEFAULT))
                    .hasMessageContaining("is mounted on " + fixture.folder("m"));
            assertThatThrownBy(volume::detach)
                    .isInstanceOf(PoolException.InUse.class)
                    .hasMessageContaining(fixture.folder("m").toString());
            assertThatThrownBy(volume::remove).isInstanceOf(PoolException.InUse.class);
            try (var open = new RandomAccessFile(fixture.folder("m/open").toFile(), "rw")) {
                open.write(1);
                assertThatThrownBy(volume::unmount).isInstanceOf(PoolException.InUse.class);
            }
            assertThatThrownBy(pool::remove)
                    .isInstanceOf(PoolException.InUse.class)
                    .hasMessageContaining("2 entries");
            assertThatThrownBy(() -> Pool.createFile(fixture.image(), POOL, PoolKind.XFS, fixture.folder("p"), RANDOM))
                    .hasMessageContaining("There is a file");
            assertThatThrownBy(() -> Pool.createIn(fixture.mountPoint(), RANDOM))
                    .hasMessageContaining("There is a pool");
        }
    }

    @Test
    void aFolderOnAnotherFileSystemIsToldToUseAnImage() {
        PoolFixture.assumeReady(PoolKind.XFS);
        assertThatThrownBy(() -> Pool.createIn(Path.of("/dev/shm/rok-pool-" + System.nanoTime()), RANDOM))
                .hasMessageContaining("make the pool in an image file");
        assertThatThrownBy(() -> Pool.createFile(
                        temporary.resolve("huge"), 1L << 55, PoolKind.XFS, temporary.resolve("m"), RANDOM))
                .isInstanceOf(PoolException.NoSpace.class);
        assertThat(temporary.resolve("huge")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void aPoolInAFolderIsMadeFoundAndRemoved(PoolKind kind) {
        try (var fixture = new PoolFixture(temporary, kind, POOL)) {
            var folder = fixture.mountPoint().resolve("below");
            var pool = Pool.createIn(folder, RANDOM);
            assertThat(pool.kind()).isEqualTo(kind);
            pool.create("data", 16 * MIB, FileSystem.RAW);
            pool.close();
            try (var again = Pool.open(folder, RANDOM)) {
                assertThat(again.id()).isEqualTo(pool.id());
                assertThat(again.volumes()).extracting(BlockVolume::name).containsExactly("data");
                again.volume("data").remove();
                again.remove();
            }
            assertThat(folder).isEmptyDirectory();
            assertThatThrownBy(() -> Pool.open(folder, RANDOM)).isInstanceOf(PoolException.NotFound.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullPoolRefusesNewThingsAndLosesNothing(PoolKind kind) throws Exception {
        try (var fixture = new PoolFixture(temporary, kind, 512 * MIB)) {
            var volume = fixture.pool().create("data", 256 * MIB, FileSystem.RAW);
            var filler = fixture.mountPoint().resolve("filler");
            try (var file = new RandomAccessFile(filler.toFile(), "rw")) {
                var space = fixture.pool().space();
                var piece = new byte[1 << 20];
                for (var left = space.free() - space.reserve() + 8 * MIB; left > 0; left -= piece.length) {
                    RANDOM.nextBytes(piece);
                    file.write(piece);
                }
                file.getFD().sync();
            }
            assertThat(fixture.pool().space().free())
                    .isLessThan(fixture.pool().space().reserve());
            assertThatThrownBy(() -> fixture.pool().create("more", 16 * MIB, FileSystem.RAW))
                    .isInstanceOf(PoolException.NoSpace.class)
                    .hasMessageContaining("64 MiB stay free");
            assertThatThrownBy(() -> volume.clone("more")).isInstanceOf(PoolException.NoSpace.class);
            Files.delete(filler);
            assertThat(fixture.pool().volumes()).hasSize(1);
        }
    }

    @Test
    void draftsAreSeenOnlyOncePublished() throws Exception {
        try (var fixture = new PoolFixture(temporary, PoolKind.XFS, POOL)) {
            var pool = fixture.pool();
            pool.draft("gone", 16 * MIB, FileSystem.RAW).close();
            var draft = pool.draft("kept", 16 * MIB, FileSystem.RAW);
            Files.writeString(draft.path(), "restored", java.nio.file.StandardOpenOption.WRITE);
            assertThat(pool.volumes()).isEmpty();
            var taken = pool.draft("kept", 16 * MIB, FileSystem.RAW);
            var volume = draft.publish();
            draft.close();
            assertThatThrownBy(taken::publish).isInstanceOf(PoolException.InUse.class);
            assertThat(Files.readAllBytes(volume.path()))
                    .startsWith("restored".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(fixture.reopen().layout().drafts()).isEmptyDirectory();
            assertThat(fixture.pool().volumes()).hasSize(1);
        }
    }
}
