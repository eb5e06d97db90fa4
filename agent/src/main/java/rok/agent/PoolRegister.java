package rok.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import rok.pool.PoolException;

/**
 * Which pools there are on this machine, and where: a folder for each, with a file {@code pool} that says where it is, and
 * {@code mount}, where one that is a file is mounted. docs/format/pool.md tells the rest.
 */
final class PoolRegister {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final String MAGIC = "rok-pool-place 1";

    private final Path folder;

    PoolRegister(Path folder) {
        this.folder = folder;
    }

    /** What a pool is in. */
    sealed interface Place {
        record Folder(Path path) implements Place {
            @Override
            public String toString() {
                return path.toString();
            }
        }

        record File(Path path) implements Place {
            @Override
            public String toString() {
                return path.toString();
            }
        }
    }

    /** Sorted. */
    List<String> names() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var all = Files.list(folder)) {
            return all.filter(path -> Files.exists(path.resolve("pool")))
                    .map(path -> String.valueOf(path.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path mountPoint(String name) {
        return folder.resolve(name).resolve("mount");
    }

    private Path file(String name) {
        return folder.resolve(name).resolve("pool");
    }

    /** Throws {@link PoolException} where there is one of that name. */
    void add(String name, Place place) {
        checkNew(name);
        write(name, place);
    }

    private void checkNew(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new PoolException(
                    "'%s' is no name of a pool: 1 to 63 of a to z, 0 to 9 and -, and not - first".formatted(name));
        }
        if (Files.exists(file(name))) {
            throw new PoolException.InUse("There is a pool %s already: choose another name".formatted(name));
        }
        try {
            Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, Place place) {
        var line = switch (place) {
            case Place.Folder(var path) -> "dir " + path.toAbsolutePath().normalize();
            case Place.File(var path) -> "file " + path.toAbsolutePath().normalize();
        };
        try {
            var fresh = folder.resolve(name).resolve("pool.new");
            Files.writeString(fresh, MAGIC + "\n" + line + "\n");
            Files.move(fresh, file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Place> place(String name) {
        if (!Files.exists(file(name))) {
            return Optional.empty();
        }
        try {
            var lines = Files.readAllLines(file(name));
            if (lines.size() == 2 && lines.getFirst().equals(MAGIC)) {
                var line = lines.getLast();
                if (line.startsWith("dir /")) {
                    return Optional.of(new Place.Folder(Path.of(line.substring(4))));
                }
                if (line.startsWith("file /")) {
                    return Optional.of(new Place.File(Path.of(line.substring(5))));
                }
            }
            throw new PoolException(
                    "%s does not say where the pool is: write its two lines anew, %s and dir or file with its path"
                            .formatted(file(name), MAGIC));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Place require(String name) {
        return place(name)
                .orElseThrow(() -> new PoolException.NotFound(
                        "There is no pool %s on this machine: rok pool ls lists them".formatted(name)));
    }

    void remove(String name) {
        try {
            // First: where something is still mounted there, the pool is not forgotten
            Files.deleteIfExists(mountPoint(name));
            Files.deleteIfExists(file(name));
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
