package rok.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What a run keeps on this machine while it goes on, below {@code <ROK_HOME>/runs/<uuid>}: its record, the clones, and for each
 * step what it leaves behind ({@code outputs/<step>}) and what is nobody's business ({@code private/<step>}).
 */
record RunFolder(Path path) {
    /** Below ROK_HOME. */
    static final String RUNS = "runs";

    static RunFolder create(Path home, String uuid) {
        try {
            var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            var path = Files.createDirectories(home).toRealPath().resolve(RUNS).resolve(uuid);
            Files.createDirectories(path, owner);
            Files.createDirectories(path.resolve("clones"), owner);
            return new RunFolder(path);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of the run cannot be made below " + home, e);
        }
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

    void delete() {
        try {
            Trees.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder of the run cannot be removed: " + path, e);
        }
    }
}
