package rok.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import rok.notebook.Notebook;

/** Notebooks for tests: real ones, and small ones made cell by cell. */
final class Notebooks {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final String name;
    private final ObjectNode notebook = JSON.createObjectNode();

    private Notebooks(String name) {
        this.name = name;
        notebook.put("nbformat", 4).put("nbformat_minor", 4);
        notebook.putObject("metadata");
        notebook.putArray("cells");
    }

    static Notebooks named(String name) {
        return new Notebooks(name);
    }

    Notebooks metadata(JsonNode kubeflow) {
        notebook.withObject("metadata").set("kubeflow_notebook", kubeflow);
        return this;
    }

    Notebooks metadata(String json) throws IOException {
        return metadata(JSON.readTree(json));
    }

    Notebooks cell(String source, String... tags) {
        var cell = notebook.withArray("cells").addObject();
        cell.put("cell_type", "code").put("source", source).putArray("outputs");
        var list = cell.putObject("metadata").putArray("tags");
        List.of(tags).forEach(list::add);
        return this;
    }

    Notebook read() throws IOException {
        return Notebook.read(name + ".ipynb", new ByteArrayInputStream(JSON.writeValueAsBytes(notebook)));
    }

    Pipeline compile() throws IOException {
        return Compiler.compile(read());
    }

    /** One of the real notebooks among the test's resources. */
    static Notebook read(String name) throws IOException {
        return Notebook.read(name + ".ipynb", new ByteArrayInputStream(bytes(name)));
    }

    static byte[] bytes(String name) throws IOException {
        try (var in = Notebooks.class.getResourceAsStream("notebooks/" + name + ".ipynb")) {
            return in.readAllBytes();
        }
    }
}
