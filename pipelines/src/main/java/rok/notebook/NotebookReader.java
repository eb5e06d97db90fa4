package rok.notebook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import rok.notebook.Notebook.Notice;

/** Reads the JSON of a notebook as a stream, so that outputs of any size are passed over without being held. */
final class NotebookReader {
    private static final int MAX_CELLS = 100_000;
    private static final int MAX_TAGS = 1000;
    private static final int MAX_SOURCE = 16 << 20;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(500)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build());

    private final String name;
    private final List<RawCell> cells = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private JsonNode metadata = MissingNode.getInstance();
    private long format = -1;
    private boolean hasCells;
    private boolean hasWorksheets;
    private int count;
    private int sourceLength;

    /** A code cell before its tags are understood: the format's version may come after the cells. */
    private record RawCell(int number, String source, List<String> tags) {}

    NotebookReader(String name) {
        this.name = name;
    }

    Notebook read(InputStream in) throws IOException {
        try (var json = JSON.getFactory().createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw notANotebook("its JSON is not an object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                field(json, json.currentName());
            }
            if (json.nextToken() != null) {
                throw notANotebook("something follows the notebook at " + place(json));
            }
        } catch (JsonProcessingException e) {
            throw brokenJson(e);
        } catch (CharConversionException e) {
            // Zero bytes at the beginning were taken for UTF-16 or UTF-32, and are not even that
            throw notANotebook("it is not text in UTF-8");
        }
        checkFormat();
        var parsed = cells.stream().map(this::cell).toList();
        return new Notebook(name, parsed, new MetadataReader(name, notices).read(metadata), notices);
    }

    private void field(JsonParser json, String field) throws IOException {
        var value = json.nextToken();
        switch (field) {
            case "nbformat" -> format = value == JsonToken.VALUE_NUMBER_INT ? json.getValueAsLong(-1) : -1;
            case "metadata" -> metadata = object(json, field).path("kubeflow_notebook");
            case "worksheets" -> {
                hasWorksheets = true;
                json.skipChildren();
            }
            case "cells" -> {
                hasCells = true;
                if (value != JsonToken.START_ARRAY) {
                    throw notANotebook("\"cells\" is not an array");
                }
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    readCell(json);
                }
            }
            default -> json.skipChildren();
        }
    }

    private JsonNode object(JsonParser json, String field) throws IOException {
        JsonNode node = JSON.readTree(json);
        if (!node.isObject()) {
            throw notANotebook("\"" + field + "\" is not an object");
        }
        return node;
    }

    private void readCell(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw notANotebook("cell " + (count + 1) + " is not an object");
        }
        if (++count > MAX_CELLS) {
            throw NotebookException.of(name, "it has more than " + MAX_CELLS + " cells", "split the notebook");
        }
        var kind = "";
        var source = "";
        var tags = List.<String>of();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var field = json.currentName();
            json.nextToken();
            switch (field) {
                case "cell_type" -> kind = json.getValueAsString("");
                case "source" -> source = source(json);
                case "metadata" -> tags = tags(object(json, "metadata").path("tags"));
                default -> json.skipChildren();
            }
        }
        if (kind.equals("code")) {
            cells.add(new RawCell(count, source, tags));
        }
    }

    private String source(JsonParser json) throws IOException {
        var text = new StringBuilder();
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            text.append(json.getText());
        } else if (json.currentToken() == JsonToken.START_ARRAY) {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() != JsonToken.VALUE_STRING) {
                    throw notANotebook("the source of cell " + count + " holds something that is not text");
                }
                text.append(json.getText());
            }
        } else {
            throw notANotebook("the source of cell " + count + " is not text");
        }
        sourceLength += text.length();
        if (text.length() > MAX_SOURCE || sourceLength > MAX_SOURCE) {
            throw NotebookException.of(
                    name,
                    "its code has more than " + MAX_SOURCE + " characters (cell " + count + ")",
                    "keep data in files of the workspace, not in cells");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            // JSON can write half of a pair of surrogates, and Python takes no such source
            throw notANotebook("the source of cell " + count + " holds half a character (\\ud800 to \\udfff alone)");
        }
        return text.toString().replace("\r\n", "\n").replace('\r', '\n');
    }

    private List<String> tags(JsonNode tags) {
        if (tags.isMissingNode() || tags.isNull()) {
            return List.of();
        }
        if (!tags.isArray() || tags.size() > MAX_TAGS) {
            throw notANotebook("the tags of cell " + count + " are not an array of at most " + MAX_TAGS);
        }
        var list = new ArrayList<String>();
        for (var tag : tags) {
            if (!tag.isTextual()) {
                throw notANotebook("a tag of cell " + count + " is not text");
            }
            list.add(tag.textValue());
        }
        return list;
    }

    private Cell cell(RawCell raw) {
        var tags = new ArrayList<CellTag>();
        var unknown = new ArrayList<String>();
        for (var text : raw.tags()) {
            TagGrammar.parse(text).ifPresentOrElse(tags::add, () -> unknown.add(text));
        }
        if (!unknown.isEmpty()) {
            var problem = "unknown tag " + quoted(unknown.getFirst());
            if (!tags.contains(CellTag.Role.SKIP)) {
                throw NotebookException.of(
                        name,
                        raw.number(),
                        Cell.firstLine(raw.source()),
                        problem,
                        TagGrammar.advice(unknown.getFirst()));
            }
            notices.add(new Notice(raw.number(), problem + " on a skipped cell"));
        }
        return new Cell(raw.number(), raw.source(), tags);
    }

    private void checkFormat() {
        if (hasWorksheets || (format >= 0 && format < 4)) {
            throw NotebookException.of(
                    name,
                    "it is of notebook format " + (format < 0 ? "3 or older" : format) + ", Rok reads format 4",
                    "convert it: jupyter nbconvert --to notebook --nbformat 4 --inplace " + name);
        }
        if (format > 4) {
            throw NotebookException.of(
                    name,
                    "it is of notebook format " + format + ", newer than format 4, which Rok reads",
                    "save it in format 4: jupyter nbconvert --to notebook --nbformat 4 --inplace " + name);
        }
        if (format < 0 || !hasCells) {
            throw notANotebook("it has no " + (hasCells ? "\"nbformat\"" : "\"cells\""));
        }
    }

    private NotebookException notANotebook(String why) {
        return NotebookException.of(
                name, "this is not a Jupyter notebook: " + why, "give the path of an .ipynb file of format 4");
    }

    private NotebookException brokenJson(JsonProcessingException e) {
        var location = e.getLocation();
        var where = location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        // In parentheses comes what the parser knows of itself
        var why = e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst(" \\(start marker .*", "");
        var text = why.contains("UTF-8") ? "it is not valid UTF-8" : "it is not valid JSON";
        return NotebookException.of(name, text + where + ": " + why, "restore the file, or save it again from Jupyter");
    }

    private static String place(JsonParser json) {
        var location = json.currentLocation();
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    static String quoted(String text) {
        var shown = text.length() <= 80 ? text : text.substring(0, 77) + "...";
        return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
