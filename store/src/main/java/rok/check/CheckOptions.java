package rok.check;

import java.time.InstantSource;
import rok.catalog.Actor;

/**
 * How thorough a check is.
 *
 * @param readPercent how many of a hundred bytes of the packs are read: 0 to 100
 * @param box when to stop
 * @param threads at least 1
 * @param actor says who still writes
 */
public record CheckOptions(double readPercent, TimeBox box, int threads, Actor actor, Watch watch) {
    public CheckOptions {
        if (!(readPercent >= 0 && readPercent <= 100) || threads < 1) {
            throw new IllegalArgumentException("A check reads 0 to 100 percent by one thread or more, not %s by %d"
                    .formatted(readPercent, threads));
        }
    }

    InstantSource clock() {
        return actor.clock();
    }
}
