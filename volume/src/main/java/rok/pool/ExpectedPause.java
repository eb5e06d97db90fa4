package rok.pool;

import java.time.Duration;

/**
 * How long a freeze takes by what was measured of its file system: on XFS a time for each extent, on Btrfs none.
 *
 * @param extents of all volumes of the group together; 0 on Btrfs, where nobody counts them
 */
public record ExpectedPause(long extents, Duration duration) {
    private static final long NANOS_PER_EXTENT = 13_000;

    static ExpectedPause of(long extents) {
        return new ExpectedPause(extents, Duration.ofNanos(extents * NANOS_PER_EXTENT));
    }
}
