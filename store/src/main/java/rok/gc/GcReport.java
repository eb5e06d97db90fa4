package rok.gc;

import java.util.List;

/**
 * What a collection found and did. Bytes are those of packs in the store.
 *
 * @param outcome how it ended
 * @param versions that were marked, with the pins of deleted ones that somebody reads
 * @param chunks that are referred to
 * @param found what there was
 * @param dead packs that nothing refers to
 * @param sparse packs whose few chunks that are referred to were moved (or would be)
 * @param movedBytes of those chunks
 * @param rescued packs that were condemned and that a version came to refer to
 * @param keptGarbageBytes in packs that stay, since moving the rest would cost more than it frees
 * @param waitedFor versions that are still being written, which the collection waited for in vain
 */
public record GcReport(
        Outcome outcome,
        long versions,
        long chunks,
        Packs found,
        Packs dead,
        Packs sparse,
        long movedBytes,
        long rescued,
        long keptGarbageBytes,
        List<String> waitedFor) {
    public GcReport {
        waitedFor = List.copyOf(waitedFor);
    }

    /** How a collection ended. */
    public enum Outcome {
        /** Nothing was to be collected. */
        NOTHING,
        /** Only looked. */
        PLANNED,
        /** What was dead is gone. */
        COLLECTED,
        /** Writers that began earlier still write: the next collection goes on from here. */
        WAITING,
        /** Another collector was faster. */
        OVERTAKEN
    }

    /** Some packs. */
    public record Packs(long count, long bytes) {}

    /** How many bytes the store has less, or would have. */
    public long freedBytes() {
        return dead.bytes + sparse.bytes - movedBytes;
    }
}
