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
    /** Whether writers that begin while this is the newest count on what a segment of some generation says of a pack. */
    public boolean isCountedOn(long generation, PackName pack) {
        if (generation == number) {
            return true;
        }
        // Older segments are rewritten by the end of an epoch: what is left of them then was written too late
        return state == State.OPEN && generation == number - 1 && !condemned.contains(pack);
    }

    /**
     * The generation of a segment that lists packs which were found in the store while this was the newest epoch: what
     * it condemned may be among them as long as it is not done.
     */
    public long generationOfFound() {
        return state == State.DONE ? number : number - 1;
    }

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
