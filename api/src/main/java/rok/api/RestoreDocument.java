package rok.api;

import java.util.List;

/**
 * What {@code restore} did.
 *
 * @param kept how many of the files were in their place already, and were left there
 * @param damaged what could not be restored since the store has lost something of it, and why
 * @param warnings what is not exactly as it was
 */
public record RestoreDocument(
        String url, String folder, long files, long bytes, long kept, List<String> damaged, List<String> warnings) {
    public RestoreDocument {
        damaged = List.copyOf(damaged);
        warnings = List.copyOf(warnings);
    }
}
