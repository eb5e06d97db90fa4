package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.linux.Bytes;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/** One tree with everything in it, copied on each file system there is: all of it has to arrive. */
class FileSystemsTest {
    private static final Bytes ACL = Bytes.of("system.posix_acl_access");
    private static final Bytes DEFAULT_ACL = Bytes.of("system.posix_acl_default");

    @TempDir
    Path temporary;

    private final Syscalls linux = new Syscalls();
    private final List<Warning> warnings = new CopyOnWriteArrayList<>();

    @Test
    void everythingArrivesOnTheFileSystemOfTheTests() throws Exception {
        copyAndCompare(temporary);
    }

    @Test
    void everythingArrivesOnXfsAndBlocksAreShared() throws Exception {
        onImage("mkfs.xfs", 320, mounted -> {
            copyAndCompare(mounted);
            blocksAreShared(mounted);
        });
    }

    @Test
    void everythingArrivesOnBtrfsAndBlocksAreShared() throws Exception {
        onImage("mkfs.btrfs", 160, mounted -> {
            copyAndCompare(mounted);
            blocksAreShared(mounted);
        });
    }

    @Test
    void aFullDiskIsToldWithTheNameOfTheFile() throws Exception {
        onImage("mkfs.ext4", 8, mounted -> {
            var content = new byte[1 << 20];
            var metadata = new Metadata(0644, 0, 0, 0, 0, List.of());
            try (var writer = DirectoryWriter.open(mounted.resolve("t"), Existing.REFUSE, 2, warnings::add)) {
                writer.enter(Bytes.EMPTY, metadata.withPermissions(0755));
                assertThatThrownBy(() -> {
                            for (var i = 0; i < 20; i++) {
                                writer.file(
                                        Bytes.of("file%03d".formatted(i)),
                                        metadata,
                                        content.length,
                                        (output, _, _) -> output.write(content, 0, content.length, 0));
                            }
                            writer.leave();
                            writer.finish();
                        })
                        .isInstanceOf(LinuxException.class)
                        .hasMessageMatching("(?s)file0\\d\\d: no space left on the disk.*");
            }
        });
    }

    private interface OnFileSystem {
        void test(Path mounted) throws Exception;
    }

    private void onImage(String makeFileSystem, int megabytes, OnFileSystem test) throws Exception {
        assumeTrue(linux.effectiveUser() == 0, "not run: mounting an image needs root");
        assumeTrue(Files.exists(Path.of("/usr/sbin", makeFileSystem)), "not run: there is no " + makeFileSystem);
        var image = temporary.resolve("image");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
        }
        var mounted = Files.createDirectory(temporary.resolve("mounted"));
        assumeTrue(run(makeFileSystem, image.toString()) == 0, "not run: " + makeFileSystem + " failed");
        assumeTrue(run("mount", "-o", "loop", image.toString(), mounted.toString()) == 0, "not run: can't mount");
        try {
            test.test(mounted);
        } finally {
            assertThat(run("umount", mounted.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private void copyAndCompare(Path on) throws Exception {
        var source = Files.createDirectory(on.resolve("source"));
        makeTree(source);
        var target = on.resolve("target");
        try (var volume = DirectoryVolume.open(source)) {
            FolderCopy.copy(volume, target, WalkOptions.SNAPSHOT, 2, warnings::add);
        }
        assertThat(describe(target)).isEqualTo(describe(source)).hasSize(12 + (linux.effectiveUser() == 0 ? 0 : -1));
        assertThat(warnings).extracting(Warning::problem).containsOnly(Warning.Problem.FIFO);
        TreeRemoval.remove(target);
        TreeRemoval.remove(source);
        assertThat(source).doesNotExist();
    }

    private void makeTree(Path top) throws Exception {
        Files.createDirectories(top.resolve("empty/below"));
        Files.writeString(top.resolve("plain"), "content");
        Files.createLink(top.resolve("second name"), top.resolve("plain"));
        Files.createSymbolicLink(top.resolve("link"), Path.of("plain"));
        Files.createSymbolicLink(top.resolve("dangling"), Path.of("../../nowhere/é"));
        try (var sparse = new RandomAccessFile(top.resolve("sparse").toFile(), "rw")) {
            sparse.seek(1L << 30);
            sparse.write("in the middle".getBytes(StandardCharsets.UTF_8));
            sparse.setLength(100L << 30);
        }
        Files.writeString(top.resolve("read only"), "x");
        Files.setPosixFilePermissions(top.resolve("read only"), PosixFilePermissions.fromString("r-x--x---"));
        try (var fd = linux.open(Fd.CWD, Bytes.of(top.toString()), Flags.O_DIRECTORY)) {
            linux.makeFifo(fd, Bytes.of("fifo"), 0620);
            var odd = Bytes.of(new byte[] {(byte) 0xC3, '(', '\n', (byte) 0x80});
            linux.open(fd, odd, Flags.O_CREAT | Flags.O_WRONLY, 0604).close();
            linux.setTime(fd, Bytes.of("dangling"), 77, 7);
            linux.setTime(fd, Bytes.of("plain"), -12, 345_678_901);
            try (var plain = linux.open(fd, Bytes.of("plain"), Flags.O_RDONLY);
                    var empty = linux.open(fd, Bytes.of("empty"), Flags.O_DIRECTORY)) {
                linux.setAttribute(plain, Bytes.of("user.rok"), Bytes.of(new byte[] {0, (byte) 0xFF}));
                linux.setAttribute(plain, ACL, acl());
                linux.setAttribute(empty, DEFAULT_ACL, acl());
                linux.setAttribute(empty, Bytes.of("user.folder"), Bytes.EMPTY);
                linux.setTime(empty, 2_000_000_000L, 1);
            }
            if (linux.effectiveUser() == 0) {
                linux.setOwner(fd, Bytes.of("link"), 1234, 4321);
                linux.setOwner(fd, Bytes.of("sparse"), 99, 98);
                Files.writeString(top.resolve("set-user"), "x");
                linux.setOwner(fd, Bytes.of("set-user"), 65534, 65534);
                linux.setMode(fd, Bytes.of("set-user"), 06755);
            }
        }
    }

    /** user::rw-, user:33:r--, group::r--, mask::r--, other::--- in the kernel's form: version 2, then tag, rights, id. */
    private static Bytes acl() {
        var acl = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
        acl.putShort((short) 1).putShort((short) 6).putInt(-1);
        acl.putShort((short) 2).putShort((short) 4).putInt(33);
        acl.putShort((short) 4).putShort((short) 4).putInt(-1);
        acl.putShort((short) 16).putShort((short) 4).putInt(-1);
        acl.putShort((short) 32).putShort((short) 0).putInt(-1);
        return Bytes.of(acl.array());
    }

    /** Everything that a copy must have too, a line each: also how many bytes are stored, where there are holes. */
    private List<String> describe(Path folder) {
        var lines = new ArrayList<String>();
        var firstNames = new HashMap<Long, Bytes>();
        try (var volume = DirectoryVolume.open(folder);
                var reader = volume.reader(warnings::add);
                var walk = volume.walk(WalkOptions.SNAPSHOT, _ -> {})) {
            walk.forEachRemaining(event -> {
                switch (event) {
                    case WalkEvent.Enter(var entered) ->
                        lines.add(entered + " " + Metadata.of(entered.stat(), entered.attributes()));
                    case WalkEvent.Found(var entry) -> {
                        var stat = entry.stat();
                        var first = firstNames.computeIfAbsent(stat.inode(), _ -> entry.path());
                        lines.add("%s %s %s %s = %s, %s"
                                .formatted(
                                        entry,
                                        entry.kind(),
                                        Metadata.of(stat, reader.attributes(entry)),
                                        entry.target(),
                                        first,
                                        entry.kind() == Kind.FILE ? content(reader, entry) : ""));
                    }
                    case WalkEvent.Leave _ -> {}
                }
            });
        }
        return lines;
    }

    private static String content(FileReader reader, Entry entry) {
        return reader.read(entry, file -> {
                    var shown = new StringBuilder("%d: ".formatted(file.stat().size()));
                    var buffer = new byte[1 << 20];
                    for (var at = file.nextData(0); at < file.stat().size(); at = file.nextData(file.nextHole(at))) {
                        var length = file.read(buffer, 0, (int) Math.min(buffer.length, file.nextHole(at) - at), at);
                        shown.append(at).append('+').append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
                    }
                    return shown.toString();
                })
                .toString()
                .replaceAll("stat=Stat\\[.*?]", "");
    }

    private void blocksAreShared(Path on) throws Exception {
        assertThat(Reflink.isPossible(on, on)).isTrue();
        assertThat(Reflink.isPossible(temporary, on)).isFalse();
        var source = Files.createDirectory(on.resolve("source"));
        Files.write(source.resolve("big"), new byte[32 << 20]);
        run("sync", "-f", on.toString());
        var free = Files.getFileStore(on).getUsableSpace();
        var target = on.resolve("frozen");
        try (var volume = DirectoryVolume.open(source);
                var frozen = volume.freeze(target, warnings::add)) {
            assertThat(frozen.isLive()).isFalse();
            run("sync", "-f", on.toString());
            assertThat(Files.size(target.resolve("big"))).isEqualTo(32 << 20);
            assertThat(free - Files.getFileStore(on).getUsableSpace()).isLessThan(8 << 20);
        }
        assertThat(target).doesNotExist();
    }
}
