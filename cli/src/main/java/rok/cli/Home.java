package rok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import rok.agent.StatCaches;
import rok.names.AccountName;

/** {@code ROK_HOME}: the one folder that holds everything Rok writes. */
record Home(Path folder) {
    /** The account of a single user's store. */
    static final AccountName ACCOUNT = new AccountName("local");

    /** From {@code ROK_HOME}, else {@code XDG_DATA_HOME/rok}, else {@code ~/.local/share/rok}. */
    static Home of(Map<String, String> environment) {
        var given = environment.getOrDefault("ROK_HOME", "");
        if (!given.isEmpty()) {
            return new Home(Path.of(given).toAbsolutePath().normalize());
        }
        var data = environment.getOrDefault("XDG_DATA_HOME", "");
        var base = data.startsWith("/")
                ? Path.of(data)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".local", "share");
        return new Home(base.resolve("rok").toAbsolutePath().normalize());
    }

    /** Where limits are read from, again and again (docs/reference/object-stores.md). */
    Path limits() {
        return folder.resolve("limits");
    }

    Path store() {
        return folder.resolve("store");
    }

    /** What may be lost: indexes, summaries, stat caches, unpacked libraries. */
    Path cache() {
        return folder.resolve("cache");
    }

    /**
     * Lets nobody but this user into what is remembered of a store: of an encrypted one it is in the open. Where the file
     * system knows no users, nothing happens.
     *
     * @return the places that others may still look into
     */
    List<Path> hide(String id) {
        return Stream.of(cache().resolve(id), StatCaches.folder(cache(), id))
                .filter(place -> !isHidden(place))
                .toList();
    }

    private static boolean isHidden(Path place) {
        try {
            Files.createDirectories(place);
        } catch (IOException _) {
            return !Files.isDirectory(place); // nothing is remembered there
        }
        try {
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
            return true;
        } catch (UnsupportedOperationException _) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** The pools of this machine, and where those in files are mounted. */
    Path pools() {
        return folder.resolve("pools");
    }

    /** Libraries that are unpacked to be loaded. */
    Path nativeCode() {
        return cache().resolve("native");
    }

    /** A folder for each pipeline run that is under way. */
    Path runs() {
        return folder.resolve("runs");
    }

    /** Python environments. */
    Path python() {
        return folder.resolve("python");
    }
}
