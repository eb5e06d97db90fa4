package rok.runner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Names a process so that no later one is taken for it.
 *
 * @param start in the kernel's clock ticks since boot
 * @param boot the machine's boot
 */
record ProcessIdentity(long pid, long start, String boot) {
    static ProcessIdentity own() {
        var pid = ProcessHandle.current().pid();
        return new ProcessIdentity(pid, startOf(pid), bootNow());
    }

    void write(ObjectNode node) {
        node.put("pid", pid).put("start", start).put("boot", boot);
    }

    /** Processes of this user whose environment has the variable, with that value. */
    static List<ProcessHandle> carrying(String name, String value) {
        var wanted = (name + "=" + value + "\0").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return ProcessHandle.allProcesses()
                .filter(p -> p.pid() != ProcessHandle.current().pid() && hasVariable(p.pid(), wanted))
                .toList();
    }

    private static boolean hasVariable(long pid, byte[] wanted) {
        try {
            var environment = "\0"
                    + Files.readString(
                            Path.of("/proc/" + pid + "/environ"), java.nio.charset.StandardCharsets.ISO_8859_1);
            return environment.contains("\0" + new String(wanted, java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return false;
        }
    }

    /** 0 when there is no such process, or it is dead and not yet buried. */
    private static long startOf(long pid) {
        try {
            var stat =
                    Files.readString(Path.of("/proc/" + pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") || fields[0].equals("X") ? 0 : Long.parseLong(fields[19]);
        } catch (IOException e) {
            return 0;
        }
    }

    private static String bootNow() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
