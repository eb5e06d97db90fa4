package rok.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A bucket as the page lists it: {@link BucketItem} with what its files add up to.
 *
 * @param updated when its newest version was made; null while it has none
 * @param stored bytes that the store grew by for all its versions
 */
public record BucketRow(
        String name,
        String account,
        String description,
        Instant created,
        int files,
        long versions,
        @Nullable Instant updated,
        long stored) {}
