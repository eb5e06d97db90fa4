package rok.pool;

import java.time.Duration;
import java.util.Optional;

/**
 * How a group is frozen.
 *
 * @param before run first; where it fails nothing is frozen
 * @param after run after the thaw where {@code before} was begun, also when that or the freeze failed
 * @param pauseMax what the expected pause may be; 4 s where nothing shorter is
 *     said; where it would be longer the freeze is refused with the figure
 */
public record FreezeOptions(Optional<Hook> before, Optional<Hook> after, Optional<Duration> pauseMax) {
    public static final FreezeOptions DEFAULT = new FreezeOptions(Optional.empty(), Optional.empty(), Optional.empty());

    public FreezeOptions withPauseMax(Duration most) {
        return new FreezeOptions(before, after, Optional.of(most));
    }

    public FreezeOptions withHooks(Hook first, Hook last) {
        return new FreezeOptions(Optional.of(first), Optional.of(last), pauseMax);
    }
}
