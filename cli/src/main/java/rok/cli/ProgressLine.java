package rok.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * What says how far a command has come: on a terminal one line or a few at the bottom, rewritten in place ten times a second
 * at most, never wider than the terminal; a plain line every few seconds otherwise, nothing at all when quiet.
 */
final class ProgressLine {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long PLAIN_NANOS = 5_000_000_000L;

    private final PrintStream err;
    private final boolean terminal;
    private final boolean shown;
    private final long started = System.nanoTime();
    private long last = started;
    /** What is on the screen now; empty where nothing is. */
    private List<String> drawn = List.of();

    private final Object lock;

    /** @param lock held by whoever writes to the same terminal */
    ProgressLine(PrintStream err, boolean terminal, boolean shown, Object lock) {
        this.err = err;
        this.terminal = terminal;
        this.shown = shown;
        this.lock = lock;
    }

    boolean terminal() {
        return terminal && shown;
    }

    /**
     * Shows {@code what} with bytes done, rate, and what is left where the total is known (not 0).
     *
     * @param more such as a count of files; is only asked when something is shown
     */
    void bytes(String what, Supplier<String> more, long done, long total) {
        synchronized (lock) {
            if (due()) {
                draw(List.of(line(what, more.get(), done, total)));
            }
        }
    }

    /** The same as a text, for who shows it elsewhere. */
    String line(String what, String more, long done, long total) {
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
        if (!more.isEmpty()) {
            line.append("  ").append(more);
        }
        line.append("  ").append(Sizes.bytes((long) rate)).append("/s");
        if (total > done && rate > 0 && seconds > 1) {
            line.append("  ")
                    .append(Sizes.duration(Duration.ofMillis((long) ((total - done) / rate * 1000))))
                    .append(" left");
        }
        return line.toString();
    }

    /** Shows a line as it is. */
    void show(String line) {
        synchronized (lock) {
            if (due()) {
                draw(List.of(line));
            }
        }
    }

    /** Shows lines that carry colours where they like, in place of what is shown; on a terminal only. */
    void block(List<String> lines) {
        synchronized (lock) {
            if (terminal()) {
                last = System.nanoTime();
                draw(lines);
            }
        }
    }

    /** Whether what is to be shown may be drawn again by now; at once where something else took its place. */
    boolean isDue() {
        synchronized (lock) {
            return shown && ((terminal && drawn.isEmpty()) || System.nanoTime() - last >= REDRAW_NANOS);
        }
    }

    void clear() {
        synchronized (lock) {
            if (!drawn.isEmpty()) {
                err.print(erase());
                err.flush();
            }
        }
    }

    /** Back to where the drawn lines begin, and everything from there on gone. */
    private String erase() {
        var columns = Terminal.size().columns();
        // A terminal that became narrower has broken the lines that were too long for it.
        var rows = drawn.stream()
                .mapToInt(line -> Math.max(1, (Terminal.length(line) + columns - 1) / columns))
                .sum();
        drawn = List.of();
        return rows > 1 ? "\r\u001b[%dA\u001b[J".formatted(rows - 1) : rows == 1 ? "\r\u001b[J" : "";
    }

    private boolean due() {
        var now = System.nanoTime();
        if (!shown || now - last < (terminal ? REDRAW_NANOS : PLAIN_NANOS)) {
            return false;
        }
        last = now;
        return true;
    }

    private void draw(List<String> lines) {
        if (terminal) {
            var width = Terminal.size().columns() - 3; // room for the ^C that the terminal shows, and for no line break
            var text = new StringBuilder(erase());
            drawn = lines.stream().map(line -> Terminal.cut(line, width)).toList();
            err.print(text.append(String.join("\r\n", drawn)));
        } else {
            lines.forEach(err::println);
        }
        err.flush();
    }
}
