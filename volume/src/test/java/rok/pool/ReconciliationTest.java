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

/** What crashes and damage leave: put right where it is known, left and told where not. */
class ReconciliationTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void whatACrashLeavesIsPutRight(PoolKind kind) throws Exception {
        try (var fixture = new PoolFixture(temporary, kind, 512 * MIB)) {
            var pool = fixture.pool();
            var layout = pool.layout();
            var volume = pool.create("data", 16 * MIB, FileSystem.RAW);
            var dead = PoolLayout.newId(RANDOM);
            Files.move(volume.folder(), layout.draft(dead, volume.id()));
            pool.copies(new PoolFiles()).makeFolder(layout.draft(dead, pool.newId()));
            Files.createDirectory(layout.mounts().resolve(dead + "." + volume.id()));
            Files.createFile(layout.session(dead));
            Files.writeString(layout.records().resolve("half." + dead + Document.UNFINISHED), "rok-vol");

            fixture.reopen();
            assertThat(fixture.pool().findings()).isEmpty();
            assertThat(fixture.pool().volume("data").size()).isEqualTo(16 * MIB);
            assertThat(layout.drafts()).isEmptyDirectory();
            assertThat(layout.mounts()).isEmptyDirectory();
            assertThat(layout.session(dead)).doesNotExist();
            assertThat(new PoolFiles().names(layout.records())).hasSize(1);

            setLength(volume.path(), 32 * MIB);
            fixture.reopen();
            fixture.pool().volume("data").attach();
            fixture.pool().volume("data").detach();
            setLength(volume.path(), 8 * MIB);
            assertThat(fixture.reopen().findings()).singleElement().asString().contains("8388608 bytes of 33554432");
            assertThatThrownBy(fixture.pool().volume("data")::attach).isInstanceOf(PoolException.Damaged.class);
            assertThat(volume.path()).hasSize(8 * MIB);
        }
    }

    private static void setLength(Path path, long length) throws Exception {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length);
        }
    }

    @Test
    void whatIsAttachedOrUnknownIsLeftAndTold() throws Exception {
        try (var fixture = new PoolFixture(temporary, PoolKind.XFS, 512 * MIB)) {
            var layout = fixture.pool().layout();
            var draft = fixture.pool().draft("busy", 16 * MIB, FileSystem.RAW);
            var loops = new LoopDevices(new PoolFiles());
            var loop = loops.attach(draft.path());
            Files.writeString(layout.frozen().resolve("notes"), "mine");
            var orphan = Files.createDirectory(layout.volume(PoolLayout.newId(RANDOM)));
            var pool = fixture.reopen();
            assertThat(pool.findings())
                    .anyMatch(told -> told.contains("attached as " + loop))
                    .anyMatch(told -> told.contains("notes is not of Rok"))
                    .anyMatch(told -> told.contains(orphan + " belongs to no volume"));
            assertThat(draft.path()).exists();
            loops.detach(loop);
            fixture.reopen();
            assertThat(draft.path()).doesNotExist();
            assertThat(layout.frozen().resolve("notes")).hasContent("mine");
            assertThat(orphan).exists();
        }
    }

    @Test
    void aDamagedDocumentIsToldKeepsItsNameAndLosesNothing() throws Exception {
        try (var fixture = new PoolFixture(temporary, PoolKind.BTRFS, 512 * MIB)) {
            var volume = fixture.pool().create("data", 16 * MIB, FileSystem.RAW);
            fixture.pool().create("other", 16 * MIB, FileSystem.RAW);
            var document = fixture.pool().layout().record("data", volume.id());
            var bytes = Files.readAllBytes(document);
            var broken = bytes.clone();
            broken[30] ^= 1;
            Files.write(document, broken);
            var pool = fixture.reopen();
            assertThat(pool.findings()).singleElement().asString().contains(document.toString(), "damaged");
            assertThat(pool.volumes()).extracting(BlockVolume::name).containsExactly("other");
            assertThat(pool.unreadable()).hasSize(1);
            assertThatThrownBy(() -> pool.volume("data")).isInstanceOf(PoolException.Damaged.class);
            assertThatThrownBy(() -> pool.create("data", 16 * MIB, FileSystem.RAW))
                    .isInstanceOf(PoolException.InUse.class);
            assertThat(volume.path()).exists();
            Files.write(document, bytes);
            assertThat(pool.volume("data").size()).isEqualTo(16 * MIB);
        }
    }

    @Test
    void aToolThatIsNotThereIsNamedWithItsPackage() {
        assertThatThrownBy(() -> Tool.find("mkfs.none", "none-progs"))
                .isInstanceOf(PoolException.NotFound.class)
                .hasMessageContaining("install none-progs");
    }
}
