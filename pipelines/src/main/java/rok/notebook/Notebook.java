package rok.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A notebook: its code cells and what it says about its pipeline.
 *
 * @param name its file name, extension included
 * @param cells the code cells in order
 * @param notices what is odd in it and yet harmless
 */
public record Notebook(String name, List<Cell> cells, Metadata metadata, List<Notice> notices) {
    public Notebook {
        cells = List.copyOf(cells);
        notices = List.copyOf(notices);
    }

    /** Something worth a look; {@code cell} is its number among all cells from 1, or 0 for the whole notebook. */
    public record Notice(int cell, String message) {}

    /** Notebooks above this many bytes are refused: their outputs ought to be cleared. */
    public static final long MAX_BYTES = 1L << 29;

    /**
     * Reads a notebook file of format 4.
     *
     * @throws NotebookException if it is not one, naming the place
     */
    public static Notebook read(Path file) throws IOException {
        var name = String.valueOf(file.getFileName());
        if (Files.isDirectory(file)) {
            throw NotebookException.of(name, "this is a folder, not a notebook", "give the path of an .ipynb file");
        }
        var size = Files.size(file);
        if (size > MAX_BYTES) {
            throw NotebookException.of(
                    name,
                    "the file has " + size + " bytes, the limit is " + MAX_BYTES,
                    "clear its outputs: jupyter nbconvert --clear-output --inplace " + name);
        }
        try (var in = Files.newInputStream(file)) {
            return read(name, in);
        }
    }

    /** Reads a notebook of format 4 from a stream, which stays open. */
    public static Notebook read(String name, InputStream in) throws IOException {
        return new NotebookReader(name).read(in);
    }
}
