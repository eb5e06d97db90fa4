import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/**
 * Runs command lines of rok one after the other in one process, since starting one for each would take most of the time:
 * a line of standard input each, its words separated by U+001F. What the command prints is followed by a line feed, a NUL,
 * its exit code and a line feed.
 */
final class OneProcess {
    private OneProcess() {}

    public static void main(String[] arguments) throws Exception {
        // The command's own entry, without the exit at its end
        Method run = Class.forName("rok.cli.Main").getDeclaredMethod("run", String[].class);
        run.setAccessible(true);
        var lines = new Scanner(System.in, StandardCharsets.UTF_8);
        while (lines.hasNextLine()) {
            var words = lines.nextLine().split("\u001f");
            var code = run.invoke(null, (Object) words);
            System.out.print("\n\0" + code + "\n");
            System.out.flush();
        }
    }
}
