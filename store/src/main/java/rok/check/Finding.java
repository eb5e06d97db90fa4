package rok.check;

import java.util.List;
import rok.catalog.Records;

/**
 * Something that is not as it should be.
 *
 * @param object the key of the object; of a record the pack's, {@code @} and the offset; of a chunk its id
 * @param problem what was found, in users' words
 * @param hurts what it costs, as much as is kept
 * @param hurtsMore how many more there are
 */
public record Finding(Kind kind, String object, String problem, List<Hurt> hurts, long hurtsMore) {
    public Finding {
        hurts = List.copyOf(hurts);
    }

    /** What is damaged. */
    public enum Kind {
        /** {@code rok.json}. */
        REPOSITORY,
        SEGMENT,
        PACK,
        /** A chunk's bytes in a pack that is otherwise there. */
        RECORD,
        /** A chunk that versions name and nothing lists. */
        CHUNK,
        /** A tree or list whose bytes are those that were written, and make no sense. */
        TREE,
        VERSION,
        BUCKET,
        /** What keeps a version that somebody reads. */
        PIN,
        /** A document of garbage collection. */
        EPOCH;

        /** What something that looks like a record is taken for. */
        static Kind of(Records.Kind record) {
            return switch (record) {
                case VERSION -> VERSION;
                case PIN -> PIN;
                case BUCKET -> BUCKET;
            };
        }

        /** As documents spell it. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
