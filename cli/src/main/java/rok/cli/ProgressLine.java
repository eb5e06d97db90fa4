package rok.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * One line that says how far a command has come: rewritten in place on a terminal ten times a second at most, a plain
 * line every few seconds otherwise, nothing at all when quiet.
 */
final class ProgressLine {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long PLAIN_NANOS = 5_000_000_000L;

    private final PrintStream err;
    private final boolean terminal;
    private final boolean shown;
    private final long started = System.nanoTime();
    private long last = started;
    private boolean drawn;

    ProgressLine(PrintStream err, boolean terminal, boolean shown) {
        this.err = err;
        this.terminal = terminal;
        this.shown = shown;
    }

    /** Whether standard error is a terminal that knows how to clear a line. */
    static boolean onTerminal() {
        var term = System.getenv("TERM");
        if (term == null || term.equals("dumb")) {
            return false;
        }
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    boolean terminal() {
        return terminal && shown;
    }

    /**
     * Shows {@code what} with bytes done, rate, and what is left where the total is known (not 0).
     *
     * @param more such as a count of files; is only asked when something is shown
     */
    synchronized void bytes(String what, Supplier<String> more, long done, long total) {
        if (!due()) {
            return;
        }
        var seconds = Math.max(1e-3, (System.nanoTime() - started) / 1e9);
        var rate = done / seconds;
        var line = new StringBuilder(what).append("  ").append(Sizes.bytes(done));
        if (total > 0) {
            line.append(" of ")
                    .append(Sizes.bytes(total))
                    .append(" (")
                    .append(Math.min(100, 100 * done / total))
                    .append(" %)");
        }
        line.append("  ").append(more.get());
        line.append("  ").append(Sizes.bytes((long) rate)).append("/s");
        if (total > done && rate > 0 && seconds > 1) {
            line.append("  ")
                    .append(Sizes.duration(Duration.ofMillis((long) ((total - done) / rate * 1000))))
                    .append(" left");
        }
        draw(line.toString());
    }

    /** Shows a line as it is. */
    synchronized void show(String line) {
        if (due()) {
            draw(line);
        }
    }

    synchronized void clear() {
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
            drawn = false;
        }
    }

    private boolean due() {
        var now = System.nanoTime();
        if (!shown || now - last < (terminal ? REDRAW_NANOS : PLAIN_NANOS)) {
            return false;
        }
        last = now;
        return true;
    }

    private void draw(String line) {
        if (terminal) {
            err.print("\r\u001b[K" + line);
            drawn = true;
        } else {
            err.println(line);
        }
        err.flush();
    }
}
