package rok.pipeline;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import rok.notebook.Notebook;
import rok.notebook.NotebookException;

/** The rules for pipeline names, which become part of the names of runs and pods. */
final class PipelineName {
    private static final Pattern VALID = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    /** Leaves room for the suffixes that runs and pods add to 63 characters. */
    private static final int MAX_LENGTH = 50;

    private PipelineName() {}

    /** The name that the notebook gives its pipeline, or one made from its file name. */
    static String of(Notebook notebook) {
        var given = notebook.metadata().pipelineName();
        if (given.isEmpty()) {
            return valid(notebook.name().replaceFirst("[.]ipynb$", "")).orElse("pipeline");
        }
        var name = given.get();
        if (!VALID.matcher(name).matches() || name.length() > MAX_LENGTH) {
            throw NotebookException.of(
                    notebook.name(),
                    "the pipeline name \"" + shown(name) + "\" is not made of at most " + MAX_LENGTH
                            + " lower case letters, digits and - with a letter or digit at both ends",
                    "set pipeline_name under kubeflow_notebook in the notebook's metadata"
                            + valid(name).map(n -> ", for example to " + n).orElse(""));
        }
        return name;
    }

    private static Optional<String> valid(String text) {
        var name = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+", "");
        name = name.length() > MAX_LENGTH ? name.substring(0, MAX_LENGTH) : name;
        return Optional.of(name.replaceAll("-+$", "")).filter(n -> !n.isEmpty());
    }

    private static String shown(String name) {
        var printable = name.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 80 ? printable : printable.substring(0, 77) + "...";
    }
}
