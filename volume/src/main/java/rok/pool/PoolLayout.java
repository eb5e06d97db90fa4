package rok.pool;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Where things lie in a pool; {@code docs/format/pool.md} says what they hold. */
record PoolLayout(Path root) {
    static final String DISK = "disk";

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    static String newId(RandomGenerator random) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    List<Path> folders() {
        return List.of(volumes(), records(), bases(), frozen(), drafts(), sessions(), mounts());
    }

    Path document() {
        return root.resolve("rok-pool");
    }

    Path lock() {
        return root.resolve("lock");
    }

    Path volumes() {
        return root.resolve("volumes");
    }

    Path volume(String id) {
        return volumes().resolve(id);
    }

    Path records() {
        return root.resolve("records");
    }

    Path record(String name, String id) {
        return records().resolve(name + "." + id);
    }

    Path bases() {
        return root.resolve("bases");
    }

    Path base(String volume) {
        return bases().resolve(volume);
    }

    Path frozen() {
        return root.resolve("frozen");
    }

    Path frozen(String session, String copy, String volume) {
        return frozen().resolve(session + "." + copy + "." + volume);
    }

    Path drafts() {
        return root.resolve("drafts");
    }

    Path draft(String session, String id) {
        return drafts().resolve(session + "." + id);
    }

    Path sessions() {
        return root.resolve("sessions");
    }

    Path session(String id) {
        return sessions().resolve(id);
    }

    /** Where volumes are mounted for a moment. */
    Path mounts() {
        return root.resolve("mounts");
    }
}
