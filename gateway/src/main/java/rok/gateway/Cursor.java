package rok.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import rok.api.Page;

/** Where a page of a list ends: the key of its last item, so that it stays good while the list changes. */
final class Cursor {
    private static final int LENGTH_MAX = 1024;

    private Cursor() {}

    static String of(byte[] key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }

    static String of(String key) {
        return of(key.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes(String cursor) {
        try {
            if (cursor.length() <= LENGTH_MAX) {
                return Base64.getUrlDecoder().decode(cursor);
            }
        } catch (IllegalArgumentException _) {
            // Told below.
        }
        throw Problem.usage("The cursor is none that this gateway gave");
    }

    static @Nullable String text(@Nullable String cursor) {
        return cursor == null || cursor.isEmpty() ? null : new String(bytes(cursor), StandardCharsets.UTF_8);
    }

    /** The first {@code limit} items; {@code items} begins where the page does and is not read further than needed. */
    static <S, T> Page<T> page(
            Stream<S> items, int limit, Function<S, String> key, Function<S, T> row, List<String> warnings) {
        var found = items.limit(limit + 1L).toList();
        var shown = found.subList(0, Math.min(limit, found.size()));
        var next = found.size() > limit ? of(key.apply(shown.getLast())) : null;
        return new Page<>(new ArrayList<>(shown.stream().map(row).toList()), warnings, next);
    }

    /** What comes after a key in rising order; all of it where there is none. */
    static Predicate<String> after(@Nullable String key) {
        return name -> key == null || name.compareTo(key) > 0;
    }
}
