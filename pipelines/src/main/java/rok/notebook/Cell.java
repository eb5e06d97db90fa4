package rok.notebook;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A code cell.
 *
 * @param number its place among all the notebook's cells, from 1
 * @param source as its author wrote it, lines separated by {@code \n}
 */
public record Cell(int number, String source, List<CellTag> tags) {
    public Cell {
        tags = List.copyOf(tags);
    }

    /** The role that overrides the cell's other tags, if it has one. */
    public Optional<CellTag.Role> role() {
        return tags(CellTag.Role.class).findFirst();
    }

    /** The tags of one kind, in the order in which they were written. */
    public <T extends CellTag> Stream<T> tags(Class<T> kind) {
        return tags.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** The first line that is not blank, for messages. */
    public String firstLine() {
        return firstLine(source);
    }

    static String firstLine(String source) {
        var line = source.lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .findFirst()
                .orElse("");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }
}
