package rok.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyscallsTest {
    private static final int NEW = Flags.O_CREAT | Flags.O_EXCL | Flags.O_RDWR;

    @TempDir
    Path temporary;

    private final Syscalls linux = new Syscalls();
    private Fd folder = Fd.NONE;

    @BeforeEach
    void open() {
        folder = linux.open(Fd.CWD, Bytes.of(temporary.toString()), Flags.O_DIRECTORY);
    }

    @AfterEach
    void close() {
        folder.close();
    }

    @Test
    void whatIsNoTerminalHasNoSize() {
        assertThat(linux.terminalSize(folder.number())).isEmpty();
        assertThat(linux.terminalSize(1 << 20)).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadFromArraysAndBuffers() {
        var random = new Random(7);
        var content = new byte[1 << 20];
        random.nextBytes(content);
        try (var file = linux.open(folder, Bytes.of("f"), NEW, 0640)) {
            linux.write(file, content, 0, content.length, 10);
            var back = new byte[content.length];
            for (var at = 0; at < back.length; ) {
                at += linux.read(file, back, at, back.length - at, 10L + at);
            }
            assertThat(back).isEqualTo(content);
            var direct = ByteBuffer.allocateDirect(100);
            assertThat(linux.read(file, direct, 10)).isEqualTo(100);
            assertThat(direct.get(99)).isEqualTo(content[99]);
            linux.write(file, direct.flip(), content.length + 10L);
            assertThat(linux.read(file, back, 0, 10, content.length + 110L)).isZero();
            assertThat(linux.stat(file).size()).isEqualTo(content.length + 110L);
        }
    }

    @Test
    void aStatSaysWhatJavaSays() throws Exception {
        var file = Files.writeString(temporary.resolve("f"), "12345");
        linux.setTime(folder, Bytes.of("f"), 1_234_567_890, 123_456_789);
        linux.setMode(folder, Bytes.of("f"), 0641);
        var stat = linux.stat(folder, Bytes.of("f"));
        var java = Files.readAttributes(file, PosixFileAttributes.class);
        assertThat(stat.mtime()).isEqualTo(java.lastModifiedTime().toInstant());
        assertThat(stat.size()).isEqualTo(5);
        assertThat(stat.isRegular()).isTrue();
        assertThat(stat.permissions()).isEqualTo(0641);
        assertThat(stat.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        assertThat(stat.nlink()).isEqualTo(Files.getAttribute(file, "unix:nlink"));
        assertThat(stat.uid()).isEqualTo(Files.getAttribute(file, "unix:uid"));
    }

    @Test
    void namesAreListedInTheOrderOfTheirBytes() {
        var random = new Random(42);
        var names = new ArrayList<Bytes>();
        for (var i = 0; i < 500; i++) {
            var name = new byte[1 + random.nextInt(20)];
            for (var at = 0; at < name.length; at++) {
                name[at] = (byte) (random.nextBoolean() ? 'a' + random.nextInt(2) : 128 + random.nextInt(128));
            }
            if (!names.contains(Bytes.of(name))) {
                names.add(Bytes.of(name));
                linux.open(folder, Bytes.of(name), NEW, 0600).close();
            }
        }
        Collections.sort(names);
        var listing = new Listing();
        linux.list(folder, listing);
        var listed = new ArrayList<Bytes>();
        for (var i = 0; i < listing.size(); i++) {
            listed.add(listing.name(i));
            assertThat(listing.contains(listing.name(i))).isTrue();
        }
        assertThat(listed).isEqualTo(names);
        assertThat(listing.contains(Bytes.of("zzz"))).isFalse();
    }

    @Test
    void failuresSayWhichCallAndWhichFile() {
        assertThatThrownBy(() -> linux.stat(folder, Bytes.of(new byte[] {'x', (byte) 0xFE})))
                .isInstanceOfSatisfying(LinuxException.class, e -> {
                    assertThat(e.errno()).isEqualTo(Errno.ENOENT);
                    assertThat(e.call()).isEqualTo("statx");
                })
                .hasMessage("x\\xfe: no such file or folder (ENOENT) in statx");
        assertThatThrownBy(() -> linux.open(folder, Bytes.of("n".repeat(5000)), Flags.O_RDONLY))
                .hasMessageContaining("ENAMETOOLONG");
        var closed = linux.open(folder, Bytes.of("."), Flags.O_DIRECTORY);
        closed.close();
        closed.close();
        assertThatThrownBy(() -> linux.stat(closed)).hasMessageContaining("EBADF");
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        linux.makeSymlink(folder, Bytes.of("link"), Bytes.of("."));
        assertThat(linux.readLink(folder, Bytes.of("link"))).isEqualTo(Bytes.of("."));
        assertThatThrownBy(() -> linux.open(folder, Bytes.of("link"), Flags.O_RDONLY))
                .hasMessageContaining("ELOOP");
        Files.createDirectory(temporary.resolve("in"));
        linux.openBeneath(folder, Bytes.of("in"), Flags.O_DIRECTORY).close();
        for (var path : List.of("link/in", "in/../..", "/etc")) {
            assertThatThrownBy(() -> linux.openBeneath(folder, Bytes.of(path), Flags.O_DIRECTORY))
                    .isInstanceOf(LinuxException.class);
        }
    }

    @Test
    void holesAreFoundAndPunched() {
        try (var file = linux.open(folder, Bytes.of("f"), NEW, 0600)) {
            linux.truncate(file, 10 << 20);
            assertThat(linux.nextData(file, 0)).isEqualTo(Syscalls.NONE);
            linux.write(file, new byte[8192], 0, 8192, 1 << 20);
            assertThat(linux.nextData(file, 0)).isEqualTo(1 << 20);
            assertThat(linux.nextHole(file, 1 << 20)).isEqualTo((1 << 20) + 8192);
            linux.punchHole(file, 1 << 20, 8192);
            assertThat(linux.nextData(file, 0)).isEqualTo(Syscalls.NONE);
        }
    }

    @Test
    void attributesAreSetListedAndRemoved() {
        try (var file = linux.open(folder, Bytes.of("f"), NEW, 0600)) {
            linux.setAttribute(file, Bytes.of("user.a"), Bytes.of(new byte[] {0, 1, 2}));
            linux.setAttribute(folder, Bytes.of("f"), Bytes.of("user.b"), Bytes.EMPTY);
            assertThat(linux.attributes(file)).containsExactlyInAnyOrder(Bytes.of("user.a"), Bytes.of("user.b"));
            assertThat(linux.attribute(folder, Bytes.of("f"), Bytes.of("user.a"))
                            .length())
                    .isEqualTo(3);
            linux.removeAttribute(file, Bytes.of("user.a"));
            linux.removeAttribute(folder, Bytes.of("f"), Bytes.of("user.b"));
            assertThat(linux.attributes(folder, Bytes.of("f"))).isEmpty();
        }
    }

    @Test
    void renamingCanRefuseToReplace() throws Exception {
        Files.writeString(temporary.resolve("a"), "a");
        Files.writeString(temporary.resolve("b"), "b");
        assertThatThrownBy(() -> linux.rename(folder, Bytes.of("a"), folder, Bytes.of("b"), Flags.RENAME_NOREPLACE))
                .hasMessageContaining("EEXIST");
        linux.rename(folder, Bytes.of("a"), folder, Bytes.of("b"), Flags.RENAME_EXCHANGE);
        assertThat(temporary.resolve("b")).hasContent("a");
        linux.makeLink(folder, Bytes.of("b"), folder, Bytes.of("c"));
        assertThat(linux.stat(folder, Bytes.of("c")).nlink()).isEqualTo(2);
    }

    @Test
    void processesAreAliveOrNot() {
        assertThat(linux.isAlive((int) ProcessHandle.current().pid())).isTrue();
        assertThat(linux.isAlive(4_194_305)).isFalse();
    }

    @Test
    void bytesThatAreNotTextAreShownEscaped() {
        assertThat(Bytes.of(new byte[] {'a', '\n', '\\', (byte) 0xC3, (byte) 0xA9, (byte) 0xC3}))
                .hasToString("a\\x0a\\x5cé\\xc3");
        assertThat(Bytes.of("\u202e")).hasToString("\\xe2\\x80\\xae");
        assertThat(Bytes.of("a/b/c").parent()).isEqualTo(Bytes.of("a/b"));
        assertThat(Bytes.of("a/b/c").lastName()).isEqualTo(Bytes.of("c"));
    }
}
