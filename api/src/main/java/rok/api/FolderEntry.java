package rok.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a folder of a version holds, as the page lists it: {@link EntryItem} with the address that queries take.
 *
 * @param path for people
 * @param address the path's bytes, percent-encoded: names need not be UTF-8
 */
public record FolderEntry(
        String name,
        String path,
        String address,
        String type,
        long size,
        String mode,
        Instant modified,
        @Nullable String target) {}
