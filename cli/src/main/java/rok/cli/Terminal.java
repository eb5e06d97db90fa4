package rok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person sits there. */
final class Terminal {
    private Terminal() {}

    /** Somebody reads standard error and can answer on standard input. */
    static boolean asks() {
        return isTerminal(0) && isTerminal(2);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
