package rok.catalog;

import java.util.List;

/** What could be listed, and in users' words which records could not be read. */
public record Listing<T>(List<T> items, List<String> damaged) {
    public Listing {
        items = List.copyOf(items);
        damaged = List.copyOf(damaged);
    }
}
