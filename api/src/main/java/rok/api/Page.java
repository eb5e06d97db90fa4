package rok.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a list.
 *
 * @param warnings what could not be listed, in users' words
 * @param next to be handed back for the piece that follows; null at the end
 */
public record Page<T>(
        List<T> items, List<String> warnings, @Nullable String next) {
    public Page {
        items = List.copyOf(items);
        warnings = List.copyOf(warnings);
    }
}
