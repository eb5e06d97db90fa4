package rok.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What a run keeps on this machine while it goes on, below {@code <ROK_HOME>/runs/<uuid>}: its record, the clones, and for each
 * step what it leaves behind ({@code outputs/<step>}) and what is nobody's business ({@code private/<step>}). Beside it lies the
 * run's lock: a folder whose lock nobody holds is a dead run's.
 */
record RunFolder(Path path) {
    /** Below ROK_HOME. */
    static final String RUNS = "runs";

    static final String LOCK = ".lock";

    /** Makes the folder; who calls holds the run's lock. */
    static RunFolder create(Path home, String uuid) {
        try {
            var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            var path = runs(home).resolve(uuid);
            Files.createDirectories(path, owner);
            Files.createDirectories(path.resolve("clones"), owner);
            return new RunFolder(path);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of the run cannot be made below " + home, e);
        }
    }

    /** Takes the lock of a run that has no folder yet. */
    static RunLock lock(Path home, String uuid) {
        try {
            return RunLock.make(Files.createDirectories(runs(home)).resolve(uuid + LOCK));
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of the run cannot be made below " + home, e);
        }
    }

    private static Path runs(Path home) throws IOException {
        return Files.createDirectories(home).toRealPath().resolve(RUNS);
    }

    Path home() {
        return path.resolve("..", "..").normalize();
    }

    Path record() {
        return path.resolve("run.json");
    }

    /** Clones are numbered: the names of volumes are free text. */
    Path clone(int number) {
        return path.resolve("clones").resolve(Integer.toString(number));
    }

    Path clones() {
        return path.resolve("clones");
    }

    Path outputs() {
        return path.resolve("outputs");
    }

    Path output(String step) {
        return make(outputs().resolve(step));
    }

    Path privateFolder(String step) {
        return make(path.resolve("private").resolve(step));
    }

    private static Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of the run cannot be made: " + folder, e);
        }
    }

    /** Removes it, and before that what is remembered of the clones. */
    void delete(Snapshots snapshots) {
        try {
            if (Files.isDirectory(clones())) {
                try (var clones = Files.newDirectoryStream(clones(), Files::isDirectory)) {
                    clones.forEach(snapshots::forget);
                }
            }
            Trees.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of the run cannot be removed: " + path, e);
        }
    }
}
