package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Version;
import rok.catalog.VersionState;
import rok.format.StoreException;
import rok.names.BucketName;
import rok.names.FileName;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;
import rok.tar.TarException;

/** Versions that went through an archive, ours and those of GNU tar and of Python, compared by other programs. */
class ArchiveTest {
    /** Names that Java can't delete are in it, so another program does. */
    @TempDir(cleanup = CleanupMode.NEVER)
    Path temporary;

    private TestStore store;

    @BeforeEach
    void open() {
        store = new TestStore(temporary);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        run("rm", "-rf", temporary.toString());
    }

    @Test
    void anAwkwardFolderComesBackWithTheSameHash() throws Exception {
        var source = temporary.resolve("nasty");
        TestStore.python("nasty.py", source.toString(), "3");
        var version = store.snapshot(source);
        var again = imported(exported(version));
        var lost = entries(version);
        lost.removeAll(entries(again));
        assertThat(lost).isEmpty();
        assertThat(again.hash()).isEqualTo(version.hash());
        assertThat(again.members()).isEqualTo(version.members());
        assertThat(again.warnings()).isEmpty();
        assertThat(again.size().fresh()).isZero();
    }

    @Test
    void gnuTarUnpacksWhatWasExported() throws Exception {
        var source = temporary.resolve("nasty");
        TestStore.python("nasty.py", source.toString(), "4");
        run("rm", "-rf", source.resolve("deep")); // deeper than other programs go
        var version = store.snapshot(source);
        var archive = Files.write(temporary.resolve("a.tar"), exported(version));
        var unpacked = Files.createDirectories(temporary.resolve("unpacked"));
        run("tar", "-C", unpacked, "--xattrs", "--xattrs-include=*", "-xpf", archive);
        var restored = temporary.resolve("restored");
        store.restore(version, restored);
        assertThat(TestStore.dump(unpacked)).isEqualTo(TestStore.dump(restored));
    }

    @Test
    void whatGnuTarPackedIsAsTheFolderWas() throws Exception {
        var source = temporary.resolve("nasty");
        TestStore.python("nasty.py", source.toString(), "5");
        run("rm", "-rf", source.resolve("deep"));
        try (var sparse = new RandomAccessFile(source.resolve("holes").toFile(), "rw")) {
            for (var i = 1; i < 40; i++) {
                sparse.seek(i * 3_000_000L);
                sparse.write(new byte[] {1, 2, 3});
            }
            sparse.setLength(200_000_000);
        }
        var expected = store.snapshot(source);
        for (var format : List.of("--format=pax", "--format=gnu")) {
            var archive = temporary.resolve("a.tar");
            var xattrs = format.endsWith("pax") ? "--xattrs-include=*" : "--no-xattrs";
            run("tar", "-C", source, "--sparse", xattrs, format, "-cf", archive, ".");
            var version = imported(Files.readAllBytes(archive));
            assertThat(version.members().getFirst().files())
                    .isEqualTo(expected.members().getFirst().files());
            var restored = temporary.resolve("restored" + format);
            store.restore(version, restored);
            var wanted = temporary.resolve("wanted" + format);
            store.restore(expected, wanted);
            assertThat(content(restored)).as(format).isEqualTo(content(wanted));
            if (format.endsWith("pax")) {
                assertThat(TestStore.dump(restored)).isEqualTo(TestStore.dump(wanted));
            }
        }
    }

    @Test
    void archivesOfPythonAreTakenInAnyFormat() throws Exception {
        var source = Files.createDirectories(temporary.resolve("source/" + "long-name-".repeat(15)));
        Files.writeString(source.resolve("\u00e4 file of a name that is longer than a header takes".repeat(3)), "text");
        Files.write(source.resolve("large"), new byte[3_000_000]);
        Files.createLink(source.resolve("more"), source.resolve("large"));
        Files.createSymbolicLink(source.resolve("link"), Path.of("target/".repeat(30)));
        for (var format : List.of("USTAR_FORMAT", "GNU_FORMAT", "PAX_FORMAT")) {
            var code = "import sys, tarfile\nwith tarfile.open(sys.argv[2], 'w:gz', format=tarfile." + format
                    + ") as t:\n  t.add(sys.argv[1], '.', filter=lambda i: i if len(i.name) < 99 or '" + format
                    + "' != 'USTAR_FORMAT' else None)";
            var archive = temporary.resolve("p.tar");
            run("python3", "-c", code, temporary.resolve("source"), archive);
            try (var in = new GZIPInputStream(Files.newInputStream(archive))) {
                var version = imported(in.readAllBytes());
                if (!format.equals("USTAR_FORMAT")) {
                    var restored = temporary.resolve("restored" + format);
                    store.restore(version, restored);
                    assertThat(content(restored)).isEqualTo(content(temporary.resolve("source")));
                }
            }
        }
    }

    @Test
    void aGroupComesBackWithItsMembersTextsAndAttachments() throws Exception {
        var work = Files.createDirectories(temporary.resolve("work"));
        var data = Files.createDirectories(temporary.resolve("data"));
        var logs = Files.createDirectories(temporary.resolve("logs"));
        Files.writeString(work.resolve("a"), "a");
        Files.createLink(work.resolve("b"), work.resolve("a"));
        Files.writeString(data.resolve("d"), "d");
        Files.writeString(logs.resolve("log"), "all is well");
        var version = store.snapshotter.snapshot(
                new SnapshotRequest(
                        new BucketName("tests"),
                        new FileName("file"),
                        "title",
                        "message",
                        Map.of("k", "v"),
                        Map.of("pipeline", "{}"),
                        List.of(
                                new SnapshotRequest.Volume("work", work, "/home/jovyan"),
                                new SnapshotRequest.Volume("data", data, "/data")),
                        Optional.of(logs)),
                Progress.NONE);
        var again = imported(exported(version));
        assertThat(again.hash()).isEqualTo(version.hash());
        assertThat(again.members()).isEqualTo(version.members());
        assertThat(again.attachments()).isEqualTo(version.attachments());
        assertThat(List.of(
                        again.title(),
                        again.message(),
                        again.labels(),
                        again.metadata(),
                        again.size().logical()))
                .isEqualTo(List.of(
                        "title",
                        "message",
                        Map.of("k", "v"),
                        Map.of("pipeline", "{}"),
                        version.size().logical()));
    }

    @Test
    void whatIsNoWholeArchiveIsRefusedAndNothingIsStored() throws Exception {
        var source = Files.createDirectories(temporary.resolve("source"));
        Files.write(source.resolve("file"), bytes(100_000));
        var archive = exported(store.snapshot(source));
        for (var length : List.of(0, 511, 512, 1024, archive.length - 60_000, archive.length - 1024)) {
            assertThatThrownBy(() -> imported(Arrays.copyOf(archive, length)))
                    .as("the first %d of %d bytes", length, archive.length)
                    .isInstanceOf(TarException.class)
                    .hasMessageContaining("cut off");
        }
        assertThatThrownBy(() -> imported("<html>".repeat(1000).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("no tar archive");
        var outside = python("i = tarfile.TarInfo('a/../../b'); t.addfile(i)");
        assertThatThrownBy(() -> imported(outside))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("..");
        var dangling =
                python("i = tarfile.TarInfo('a'); i.type = tarfile.LNKTYPE; i.linkname = '/etc/passwd'; t.addfile(i)");
        assertThatThrownBy(() -> imported(dangling))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("no such file came before");
        assertThat(store.catalog.versions(new BucketName("tests"), new FileName("file")).items().stream()
                        .filter(version -> version.state() == VersionState.COMMITTED))
                .hasSize(1);
    }

    @Test
    void damageEndsAnExportAndIsNamedOnce() throws Exception {
        var source = Files.createDirectories(temporary.resolve("source"));
        for (var name : List.of("a", "b", "c")) {
            Files.write(source.resolve(name), (name + " of its own").getBytes(StandardCharsets.UTF_8));
        }
        var version = store.snapshot(source);
        var files = new VersionFiles(store.repository.reader(), version.members());
        var found = (VersionFiles.Place.Found) files.find(ByteString.utf8("b")).orElseThrow();
        var at = store.repository
                .reader()
                .locate(((Entry.File) found.entry()).content().root());
        var pack = store.folder.resolve(at.pack().key().value());
        run("chmod", "u+w", pack);
        try (var file = new RandomAccessFile(pack.toFile(), "rw")) {
            file.seek(at.offset() + 9);
            file.write(0);
        }
        assertThatThrownBy(() -> exported(version))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageStartingWith("b is damaged: ")
                .hasMessageNotContaining("c is damaged");
    }

    @Test
    void whatATarCanSayTwiceOrAroundIsTakenAsTarPrograms() throws Exception {
        var version = imported(python("""
                def add(name, text, **more):
                    i = tarfile.TarInfo(name); i.size = len(text)
                    for k, v in more.items(): setattr(i, k, v)
                    t.addfile(i, io.BytesIO(text))
                add('/absolute/./file', b'first')
                add('absolute/file', b'second')
                add('device', b'', type=tarfile.CHRTYPE)
                add('before-1970', b'', mtime=-1.5)
                """));
        var files = new VersionFiles(store.repository.reader(), version.members());
        var file = (VersionFiles.Place.Found)
                files.find(ByteString.utf8("absolute/file")).orElseThrow();
        assertThat(new String(files.open((Entry.File) file.entry()).readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("second");
        assertThat(version.warnings()).singleElement().asString().contains("device", "a character device");
        var old = (VersionFiles.Place.Found)
                files.find(ByteString.utf8("before-1970")).orElseThrow();
        assertThat(old.entry().attributes().modified()).isEqualTo(Instant.parse("1969-12-31T23:59:58.500Z"));
        assertThat(version.members().getFirst().files()).isEqualTo(2);
    }

    private byte[] exported(Version version) throws IOException {
        var out = new ByteArrayOutputStream();
        new Export(store.repository.reader(), store.catalog).write(version, version.members(), out, Progress.NONE);
        return out.toByteArray();
    }

    private Version imported(byte[] archive) throws IOException {
        return new Import(store.repository, store.catalog, InstantSource.system())
                .read(
                        new ByteArrayInputStream(archive),
                        new Import.Request(new BucketName("tests"), new FileName("file"), "", "", Map.of(), "nasty"),
                        Progress.NONE);
    }

    /** An archive that Python's tarfile makes; {@code t} is the open archive. */
    private byte[] python(String code) throws Exception {
        var archive = temporary.resolve("python.tar");
        run(
                "python3",
                "-c",
                "import io, sys, tarfile\nt = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT)\n" + code
                        + "\nt.close()",
                archive);
        return Files.readAllBytes(archive);
    }

    private static byte[] bytes(int length) {
        var bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /** All but the contents of folders, whose ids follow from the rest. */
    private List<String> entries(Version version) {
        var lines = new ArrayList<String>();
        var root = version.members().getFirst().root();
        lines.add(new TreeReader(store.repository.reader(), root).self().toString());
        entries("", root, lines);
        return lines;
    }

    private void entries(String path, Content tree, List<String> lines) {
        for (var entries = new TreeReader(store.repository.reader(), tree); entries.hasNext(); ) {
            var entry = entries.next();
            if (entry instanceof Entry.Folder folder) {
                lines.add("%s%s %s %d %d"
                        .formatted(path, folder.name(), folder.attributes(), folder.files(), folder.bytes()));
                entries(path + folder.name() + "/", folder.tree(), lines);
            } else {
                lines.add(path + entry);
            }
        }
    }

    /** Names and contents, seen by another program. */
    private static String content(Path folder) throws Exception {
        return run(
                "sh",
                "-c",
                "cd \"$1\" && find . -printf '%P %y %l\\n' | LC_ALL=C sort && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum",
                "sh",
                folder);
    }

    private static String run(Object... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Arrays.stream(command).map(Object::toString).toList())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
