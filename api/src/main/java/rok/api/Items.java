package rok.api;

import java.util.List;

/**
 * A list of documents.
 *
 * @param warnings what could not be listed, in users' words
 */
public record Items<T>(List<T> items, List<String> warnings) {
    public Items {
        items = List.copyOf(items);
        warnings = List.copyOf(warnings);
    }

    public static <T> Items<T> of(List<T> items) {
        return new Items<>(items, List.of());
    }
}
