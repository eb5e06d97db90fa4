package rok.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a folder of a version holds: an item of {@code ls}.
 *
 * @param path from the member's top folder, without a leading {@code /}
 * @param type {@code file}, {@code directory}, {@code link}, or another in one word
 * @param size in bytes; of a directory 0
 * @param mode permissions in octal, such as {@code 644}
 * @param target of a link, else null
 */
public record EntryItem(
        String name,
        String path,
        String type,
        long size,
        String mode,
        Instant modified,
        @Nullable String target) {}
