package rok.pool;

import java.time.Duration;
import java.util.List;

/**
 * Frozen copies of several volumes at one instant. Closing it drops those that were not kept.
 *
 * @param volumes in the order they were asked for
 * @param pause from the first freeze to the last thaw; zero where nothing was mounted
 * @param warnings what went wrong without hurting the copies, for people
 */
public record FrozenGroup(List<FrozenVolume> volumes, Duration pause, ExpectedPause expected, List<String> warnings)
        implements AutoCloseable {

    public FrozenGroup {
        volumes = List.copyOf(volumes);
        warnings = List.copyOf(warnings);
    }

    @Override
    public void close() {
        volumes.forEach(FrozenVolume::drop);
    }
}
