package rok.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Which process writes a version, told precisely enough that another one on the same machine can see whether it lives.
 *
 * @param host name of the machine or container
 * @param machine id of the installation, empty where there is none
 * @param boot id that the kernel drew when it started
 * @param namespace in which {@code pid} counts
 * @param processStart in clock ticks since boot
 * @param nonce drawn anew for each process, so that a writer knows its own records
 */
public record Writer(
        String host, String machine, String boot, String namespace, long pid, long processStart, String nonce) {

    /** What can be said about another writer from here. */
    enum Life {
        ALIVE,
        GONE,
        UNKNOWN
    }

    /** This process. */
    public static Writer self(RandomGenerator random) {
        var pid = ownPid();
        return new Writer(
                line("/proc/sys/kernel/hostname"),
                line("/etc/machine-id"),
                line("/proc/sys/kernel/random/boot_id"),
                pidNamespace(),
                pid,
                startOf(pid).orElse(0L),
                HexFormat.of().toHexDigits(random.nextLong()));
    }

    /** Whether {@code other} still runs, as far as this one can tell. */
    Life lifeOf(Writer other) {
        if (!boot.isEmpty() && boot.equals(other.boot) && namespace.equals(other.namespace)) {
            var start = startOf(other.pid);
            return start.isPresent() && start.get() == other.processStart ? Life.ALIVE : Life.GONE;
        }
        var sameMachine = !machine.isEmpty() && machine.equals(other.machine) && host.equals(other.host);
        return sameMachine && !boot.isEmpty() && !boot.equals(other.boot) ? Life.GONE : Life.UNKNOWN;
    }

    /** When a living process began; a zombie lives no more. */
    private static Optional<Long> startOf(long pid) {
        var stat = line("/proc/" + pid + "/stat");
        // The second field is the program's name in parentheses, and may hold anything
        var rest = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
        if (rest.length < 20 || rest[0].equals("Z") || rest[0].equals("X")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(rest[19]));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** From the kernel where it says so: the first ProcessHandle of a process takes 9 ms. */
    private static long ownPid() {
        try {
            return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString());
        } catch (IOException | NumberFormatException _) {
            return ProcessHandle.current().pid();
        }
    }

    private static String pidNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** A small file's text; empty where it is not there. */
    private static String line(String file) {
        try {
            return Files.readString(Path.of(file)).trim();
        } catch (IOException e) {
            return "";
        }
    }
}
