package rok.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.notebook.Notebook;
import rok.pipeline.Compiler;

/** {@code rok inspect}: the pipeline that a notebook describes, without running it. */
@picocli.CommandLine.Command(
        description =
                "Show the pipeline that a notebook describes: its steps, what each loads and saves, parameters, metrics,"
                        + " volumes and warnings.")
final class InspectCommand implements Command {
    private static final int DEFAULT_WIDTH = 80;

    @Parameters(paramLabel = "NOTEBOOK", description = "The path of an .ipynb file.")
    Path notebook = Path.of("");

    @Option(names = "--ascii", description = "Draw the graph without Unicode; so do locales that have none.")
    boolean ascii;

    @Override
    public int run(Session session) throws Exception {
        var inspection = Inspection.of(Compiler.compile(Notebook.read(notebook)));
        var output = session.output();
        if (output.json()) {
            output.document(inspection.document());
        } else {
            inspection.lines(width(), !ascii && hasUnicode()).forEach(output::line);
        }
        return 0;
    }

    private static int width() {
        var columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[0-9]{2,4}") ? Integer.parseInt(columns) : DEFAULT_WIDTH;
    }

    private static boolean hasUnicode() {
        for (var name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            var value = System.getenv(name);
            if (value != null && !value.isEmpty()) {
                return !value.equals("C") && !value.equals("POSIX");
            }
        }
        return true;
    }
}
