package rok.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import rok.api.Documents;
import rok.api.ErrorDocument;

/**
 * All that a command says. Results go to standard output: with {@code --json} one document, else lines and tables.
 * Notes and progress go to standard error, and are left out when quiet. Safe for use by several threads.
 */
final class Output {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final boolean quiet;
    private final ProgressLine progress;

    Output(PrintStream out, PrintStream err, boolean json, boolean quiet, boolean terminal) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.quiet = quiet;
        this.progress = new ProgressLine(err, terminal, !quiet && !json, this);
    }

    /** To this process's standard streams. */
    static Output standard(boolean json, boolean quiet) {
        return new Output(stream(FileDescriptor.out), stream(FileDescriptor.err), json, quiet, Terminal.redraws());
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 15), false, StandardCharsets.UTF_8);
    }

    /** Whether the command is to print one document, with {@link #document}, and nothing else. */
    boolean json() {
        return json;
    }

    synchronized void document(Object document) {
        progress.clear();
        out.println(Documents.write(document));
        out.flush();
    }

    /** A line of the result. */
    synchronized void line(String line) {
        progress.clear();
        out.println(Printable.of(line));
    }

    /** Text of the result as it is, colours and all. */
    synchronized void text(String text) {
        progress.clear();
        out.print(text);
        out.flush();
    }

    /** Columns that line up; those of numbers (a header that begins with {@code >}) to the right. */
    synchronized void table(List<String> header, List<List<String>> rows) {
        progress.clear();
        var widths = new int[header.size()];
        var all = new ArrayList<List<String>>();
        all.add(header.stream()
                .map(title -> title.startsWith(">") ? title.substring(1) : title)
                .toList());
        rows.forEach(row -> all.add(row.stream().map(Printable::of).toList()));
        for (var row : all) {
            for (var i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (var row : all) {
            var line = new StringBuilder();
            for (var i = 0; i < widths.length; i++) {
                var space = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ");
                line.append(header.get(i).startsWith(">") ? space + row.get(i) : row.get(i) + space);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** Something worth knowing that is no result. */
    synchronized void note(String line) {
        if (!quiet && !json) {
            progress.clear();
            out.flush();
            err.println(Printable.of(line));
            err.flush();
        }
    }

    /** Something that the user should look at. Said also when quiet; under {@code --json} it is in the document. */
    synchronized void warning(String line) {
        if (!json) {
            progress.clear();
            out.flush();
            err.println("warning: " + Printable.of(line));
            err.flush();
        }
    }

    synchronized void error(ErrorDocument document) {
        progress.clear();
        if (json) {
            document(document);
            return;
        }
        out.flush();
        err.println("rok: " + Printable.of(document.error().message()));
        if (!document.error().hint().isEmpty()) {
            err.println("     " + Printable.of(document.error().hint()));
        }
        err.flush();
    }

    /** Lines below all others, in place of those shown there; on a terminal only. */
    synchronized void block(List<String> lines) {
        out.flush();
        progress.block(lines);
    }

    ProgressLine progress() {
        return progress;
    }

    /** Standard output for raw bytes. */
    OutputStream bytes() {
        return out;
    }

    synchronized void flush() {
        progress.clear();
        out.flush();
        err.flush();
    }

    /** Whether whoever reads standard output went away. */
    boolean broken() {
        return out.checkError();
    }
}
