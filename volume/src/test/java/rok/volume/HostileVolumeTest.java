package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.linux.Bytes;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.Syscalls;
import rok.volume.Warning.Problem;

/** Volumes that change under the reader, forbid things, or are very large. */
class HostileVolumeTest {
    private static final int NOBODY = 65534;

    @TempDir
    Path temporary;

    private final List<Warning> warnings = new CopyOnWriteArrayList<>();

    @Test
    void aFileThatChangesWhileItIsReadIsReadAgain() throws Exception {
        var file = Files.writeString(temporary.resolve("f"), "first");
        var reads = new StringBuilder();
        var result = readOne(open -> {
            append(reads, open);
            if (reads.length() == 5) {
                write(file, "second");
            }
            return reads.toString();
        });
        assertThat(result).isInstanceOf(FileReading.Done.class);
        assertThat(reads).hasToString("firstsecond");
        assertThat(warnings).isEmpty();
    }

    @Test
    void aFileThatKeepsChangingIsNamedWithTheLastThatWasRead() throws Exception {
        var file = Files.writeString(temporary.resolve("f"), "0");
        var rounds = new StringBuilder();
        var result = readOne(open -> {
            rounds.append('x');
            write(file, rounds + "-");
            return rounds.length();
        });
        assertThat(result)
                .isInstanceOfSatisfying(
                        FileReading.Done.class, done -> assertThat(done.torn()).isTrue());
        assertThat(rounds).hasSize(3);
        assertThat(warnings).extracting(Warning::problem).containsExactly(Problem.CHANGED);
        assertThat(warnings.getFirst()).hasToString("f: changed while it was read, 3 times");
    }

    @Test
    void aFileThatVanishedOrBecameALinkIsNamed() throws Exception {
        Files.writeString(temporary.resolve("f"), "x");
        try (var volume = DirectoryVolume.open(temporary);
                var reader = volume.reader(warnings::add)) {
            var entry = onlyFile(volume);
            Files.delete(temporary.resolve("f"));
            assertThat(reader.<Integer>read(entry, _ -> 0)).isInstanceOf(FileReading.Vanished.class);
            Files.createSymbolicLink(temporary.resolve("f"), Path.of("nowhere"));
            assertThat(reader.<Integer>read(entry, _ -> 0)).isInstanceOf(FileReading.Vanished.class);
        }
        assertThat(warnings).extracting(Warning::problem).containsExactly(Problem.VANISHED, Problem.VANISHED);
    }

    @Test
    void aVolumeUnderConstructionIsReadToTheEnd() throws Exception {
        var seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var stop = new AtomicBoolean();
        var mutator = Thread.ofPlatform().start(() -> mutate(new Random(seed), stop));
        try (var volume = DirectoryVolume.open(temporary);
                var reader = volume.reader(warnings::add)) {
            var buffer = new byte[1 << 16];
            for (var round = 0; round < 60; round++) {
                try (var walk = volume.walk(WalkOptions.SNAPSHOT, warnings::add)) {
                    walk.forEachRemaining(event -> {
                        if (event instanceof WalkEvent.Found(var entry) && entry.kind() == Kind.FILE) {
                            reader.read(entry, file -> file.read(buffer, 0, buffer.length, 0));
                        }
                    });
                }
            }
        } finally {
            stop.set(true);
            mutator.join();
        }
        assertThat(warnings)
                .extracting(Warning::problem)
                .isSubsetOf(EnumSet.of(Problem.CHANGED, Problem.VANISHED, Problem.FIFO));
    }

    private void mutate(Random random, AtomicBoolean stop) {
        while (!stop.get()) {
            var folder = temporary.resolve("d" + random.nextInt(4)).resolve("e" + random.nextInt(4));
            var path = folder.resolve("f" + random.nextInt(20));
            try {
                switch (random.nextInt(12)) {
                    case 0 -> TreeRemoval.remove(folder);
                    case 1 -> Files.move(folder, temporary.resolve("d0/m" + random.nextInt(5)));
                    case 2 -> Files.createSymbolicLink(path, Path.of("f0"));
                    case 3, 4 -> TreeRemoval.remove(path);
                    default -> {
                        Files.createDirectories(folder);
                        Files.write(path, new byte[random.nextInt(9000)]);
                    }
                }
            } catch (IOException e) {
                assertThat(e).isInstanceOfAny(java.nio.file.FileSystemException.class, NoSuchFileException.class);
            }
        }
    }

    @Test
    void whatCannotBeReadIsNamedAndTheRestComes() throws Exception {
        Files.createDirectories(temporary.resolve("closed/below"));
        Files.writeString(temporary.resolve("secret"), "x");
        Files.writeString(temporary.resolve("open"), "x");
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(temporary.resolve("closed"), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(temporary.resolve("secret"), PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(temporary.resolve("open"), PosixFilePermissions.fromString("rw-r--r--"));
        var read = new StringBuilder();
        asNobody(() -> {
            try (var volume = DirectoryVolume.open(temporary);
                    var reader = volume.reader(warnings::add);
                    var walk = volume.walk(WalkOptions.SNAPSHOT, warnings::add)) {
                walk.forEachRemaining(event -> {
                    if (event instanceof WalkEvent.Found(var entry)) {
                        reader.read(entry, file -> read.append(file.path()).append(' '));
                    }
                });
            }
        });
        assertThat(read).hasToString("open ");
        assertThat(warnings).hasSize(2).allMatch(w -> w.problem().makesIncomplete());
        assertThat(warnings)
                .extracting(Warning::toString)
                .containsExactly(
                        "closed: the folder can't be read: permission denied (EACCES)",
                        "secret: can't be read: permission denied (EACCES)");
    }

    @Test
    void ownersThatMayNotBeSetAreToldOnceAndSetUserBitsGo() throws Exception {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        var target = temporary.resolve("target");
        asNobody(() -> {
            try (var writer = DirectoryWriter.open(target, Existing.REFUSE, 1, warnings::add)) {
                writer.enter(Bytes.EMPTY, new Metadata(0755, NOBODY, NOBODY, 0, 0, List.of()));
                writer.file(Bytes.of("a"), new Metadata(04755, 0, 0, 0, 0, List.of()), 0, (_, _, _) -> {});
                writer.file(
                        Bytes.of("b"),
                        new Metadata(0400, 1, 1, 0, 0, List.of()),
                        1,
                        (o, _, _) -> o.write(new byte[1], 0, 1, 0));
                writer.leave();
                writer.finish();
            }
        });
        assertThat(Files.getAttribute(target.resolve("a"), "unix:mode")).isEqualTo(0100755);
        assertThat(Files.getAttribute(target.resolve("b"), "unix:mode")).isEqualTo(0100400);
        assertThat(warnings)
                .extracting(Warning::reason)
                .containsExactly("the owners of 2 files could not be restored: only root may set them");
    }

    @Test
    void socketsAreNamedAndLeftOut() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(temporary.resolve("socket")));
            try (var volume = DirectoryVolume.open(temporary);
                    var walk = volume.walk(WalkOptions.SNAPSHOT, warnings::add)) {
                walk.forEachRemaining(event -> assertThat(event).isNotInstanceOf(WalkEvent.Found.class));
            }
        }
        assertThat(warnings).extracting(Warning::problem).containsExactly(Problem.NOT_KEPT);
    }

    @Test
    @Tag("slow")
    void aMillionFilesInOneFolderAreWalkedInOrder() {
        var linux = new Syscalls();
        var count = 1_000_000;
        try (var root = linux.open(Fd.CWD, Bytes.of(temporary.toString()), Flags.O_DIRECTORY)) {
            for (var i = 0; i < count; i++) {
                linux.open(root, Bytes.of("file-" + i), Flags.O_CREAT | Flags.O_WRONLY, 0644)
                        .close();
            }
        }
        var last = new AtomicReference<>(Bytes.EMPTY);
        var seen = new int[1];
        try (var volume = DirectoryVolume.open(temporary);
                var walk = volume.walk(WalkOptions.SNAPSHOT, warnings::add)) {
            walk.forEachRemaining(event -> {
                if (event instanceof WalkEvent.Found(var entry)) {
                    assertThat(last.getAndSet(entry.name())).isLessThan(entry.name());
                    seen[0]++;
                }
            });
        }
        assertThat(seen[0]).isEqualTo(count);
        TreeRemoval.remove(temporary);
    }

    private <T> FileReading<T> readOne(java.util.function.Function<OpenFile, T> content) {
        try (var volume = DirectoryVolume.open(temporary);
                var reader = volume.reader(warnings::add)) {
            return reader.read(onlyFile(volume), content);
        }
    }

    private static Entry onlyFile(DirectoryVolume volume) {
        try (var walk = volume.walk(WalkOptions.SNAPSHOT, _ -> {})) {
            while (walk.hasNext()) {
                if (walk.next() instanceof WalkEvent.Found(var entry)) {
                    return entry;
                }
            }
        }
        throw new AssertionError("there is no file");
    }

    private static void append(StringBuilder text, OpenFile file) {
        var buffer = new byte[100];
        text.append(new String(buffer, 0, file.read(buffer, 0, 100, 0), java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On a thread that gives up root by the bare system calls, which are of one thread only. */
    private static void asNobody(Runnable task) throws Exception {
        Assumptions.assumeTrue(new Syscalls().effectiveUser() == 0, "not run: only root can become another user");
        Assumptions.assumeTrue(
                System.getProperty("os.arch").equals("amd64"), "not run: the numbers are those of amd64");
        var failure = new AtomicReference<@Nullable Throwable>();
        var thread = Thread.ofPlatform().start(() -> {
            try {
                becomeNobody();
                task.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    private static void becomeNobody() throws Throwable {
        var linker = Linker.nativeLinker();
        var number = ValueLayout.JAVA_LONG;
        var syscall = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(number, number, number, number, number));
        long nobody = NOBODY;
        assertThat((long) syscall.invokeExact(116L, 0L, 0L, 0L)).isZero(); // setgroups
        assertThat((long) syscall.invokeExact(119L, nobody, nobody, nobody)).isZero(); // setresgid
        assertThat((long) syscall.invokeExact(117L, nobody, nobody, nobody)).isZero(); // setresuid
    }
}
