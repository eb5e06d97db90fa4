package rok.api;

import java.util.List;

/**
 * What {@code restore} did.
 *
 * @param damaged what could not be restored since the store has lost something of it, and why
 * @param warnings what is not exactly as it was
 */
public record RestoreDocument(
        String url, String folder, long files, long bytes, List<String> damaged, List<String> warnings) {
    public RestoreDocument {
        damaged = List.copyOf(damaged);
        warnings = List.copyOf(warnings);
    }
}
