package rok.repository;

import java.util.Set;
import rok.pack.PackName;

/**
 * One round of garbage collection.
 *
 * @param number from 1; 0 is the time before the first
 * @param condemned packs that no writer may count on any more; of a finished epoch none, since they are gone or rescued
 * @param state how far it came
 */
public record Epoch(long number, Set<PackName> condemned, State state) {
    /** How far an epoch came. */
    public enum State {
        /** Its packs are condemned, and it is not known yet which of them are rescued. */
        OPEN,
        /** Its collector, or another one, came to its end. */
        DONE,
        /** It was not finished, and what it condemned can't be read. */
        DAMAGED
    }
}
