package rok.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import rok.pool.LoopDevices.Loop;

/** What is mounted, as this process sees it, in the order it was mounted. */
record Mounts(List<Mount> all) {
    private static final Path MOUNT_INFO = Path.of("/proc/self/mountinfo");

    /**
     * One line of the table.
     *
     * @param major and minor of the device; of Btrfs a number that is no device's
     * @param source what was mounted, for Btrfs the device
     */
    record Mount(int major, int minor, Path point, String type, String source) {
        boolean isOf(Loop loop) {
            return loop.isDevice(major, minor) || (type.equals("btrfs") && source.equals(loop.toString()));
        }
    }

    static Mounts now() {
        try {
            // ISO 8859-1 keeps the bytes of names that are no UTF-8
            var lines = Files.readAllLines(MOUNT_INFO, StandardCharsets.ISO_8859_1);
            return new Mounts(lines.stream().map(Mounts::parse).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Mount parse(String line) {
        var fields = line.split(" ", -1);
        var device = fields[2].split(":", -1);
        var dash = 6;
        while (!fields[dash].equals("-")) {
            dash++;
        }
        return new Mount(
                Integer.parseInt(device[0]),
                Integer.parseInt(device[1]),
                Path.of(unescape(fields[4])),
                fields[dash + 1],
                unescape(fields[dash + 2]));
    }

    /** Spaces and the like stand as three octal digits behind a backslash. */
    private static String unescape(String field) {
        var bytes = new java.io.ByteArrayOutputStream();
        for (var i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\') {
                bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.write(field.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Where the device is mounted, the first place first. */
    List<Mount> of(Loop loop) {
        return all.stream().filter(mount -> mount.isOf(loop)).toList();
    }

    /** What is seen at a path: the last that was mounted there. */
    Optional<Mount> at(Path point) {
        return all.stream().filter(mount -> mount.point.equals(point)).reduce((_, last) -> last);
    }
}
