package rok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import rok.linux.Syscalls;
import rok.linux.Syscalls.TerminalSize;

/** What is known of the terminal, if a person sits there. */
final class Terminal {
    private static final TerminalSize USUAL = new TerminalSize(80, 24);
    private static final char ESCAPE = '\u001b';

    private Terminal() {}

    /** Whether what is written to standard output is shown to a person. */
    static boolean showsOutput() {
        return isTerminal(1);
    }

    /** Somebody reads standard error and can answer on standard input. */
    static boolean asks() {
        return isTerminal(0) && isTerminal(2);
    }

    /** Somebody sits at standard input. */
    static boolean isInput() {
        return isTerminal(0);
    }

    /** Standard error is a terminal that knows how to clear a line. */
    static boolean redraws() {
        var term = System.getenv("TERM");
        return term != null && !term.equals("dumb") && isTerminal(2);
    }

    /** Somebody wants no colours (no-color.org). */
    static boolean isPlain() {
        var plain = System.getenv("NO_COLOR");
        return plain != null && !plain.isEmpty();
    }

    /** Of standard error, as it is now: people pull at windows. */
    static TerminalSize size() {
        synchronized (Holder.SYSCALLS) {
            return Holder.SYSCALLS.terminalSize(2).orElse(USUAL);
        }
    }

    /** Columns that a text takes, without its colours. */
    static int length(String text) {
        var length = 0;
        for (var i = 0; i < text.length(); i = next(text, i)) {
            length += text.charAt(i) == ESCAPE ? 0 : 1;
        }
        return length;
    }

    /** The text in so many columns at most; colours that began end. */
    static String cut(String text, int columns) {
        var length = 0;
        for (var i = 0; i < text.length(); i = next(text, i)) {
            if (text.charAt(i) != ESCAPE && ++length > Math.max(1, columns)) {
                return text.substring(0, i) + (text.indexOf(ESCAPE) >= 0 ? "\u001b[0m" : "");
            }
        }
        return text;
    }

    /** Where the next character, or sequence that sets a colour, begins. */
    private static int next(String text, int at) {
        var end = text.charAt(at) == ESCAPE ? text.indexOf('m', at) : at;
        return end < 0 ? text.length() : end + 1;
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

    /** Linked only when somebody asks. */
    private static final class Holder {
        private static final Syscalls SYSCALLS = new Syscalls();
    }
}
