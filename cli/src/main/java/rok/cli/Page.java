package rok.cli;

import java.util.ArrayList;
import java.util.List;

/** Lines of text of a limited width, with headings, labels in a column, and long text wrapped beside its label. */
final class Page {
    private static final int LABEL = 12;

    private final int width;
    private final List<String> lines = new ArrayList<>();

    Page(int width) {
        this.width = Math.max(40, width);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** A line as it is, without control characters of whoever wrote the notebook. */
    void line(String text) {
        lines.add(text.replaceAll("\\p{Cntrl}", "?"));
    }

    void heading(String text) {
        lines.add("");
        lines.add(text);
    }

    /** A label and names beside it; nothing when there are no names. */
    void names(String label, List<String> names) {
        if (!names.isEmpty()) {
            fill("      " + padded(label, LABEL), String.join(", ", names));
        }
    }

    /** A label and text beside it. */
    void wrapped(String label, String text) {
        fill(label.isEmpty() ? "" : "  " + padded(label, LABEL + 4), text);
    }

    private static String padded(String label, int columns) {
        return label + " ".repeat(Math.max(1, columns - label.length()));
    }

    private void fill(String start, String text) {
        var margin = " ".repeat(Math.min(start.length(), width / 2));
        var line = new StringBuilder(start);
        var empty = true;
        for (var word : text.replaceAll("\\p{Cntrl}", " ").split(" +", -1)) {
            if (!empty && line.length() + word.length() > width) {
                line(line.toString().stripTrailing());
                line = new StringBuilder(margin);
            }
            line.append(word).append(' ');
            empty = false;
        }
        line(line.toString().stripTrailing());
    }
}
