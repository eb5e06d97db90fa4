package rok.check;

import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.snapshot.Content;

/** What a walk through versions looks for. Safe for use by many threads. */
interface Seeker {
    /** It is one of the chunks looked for. */
    boolean isHit(ChunkId id);

    /** What stands in a chunk that is hit can be read all the same. */
    boolean isReadable(ChunkId id);

    /** A version needs a chunk that is hit. */
    void found(ChunkId id, Hurt where);

    /** A tree or list could not be read, though its chunks are no hits. Answers whether that is a hit as well. */
    boolean unreadable(Content content, StoreException reason, Hurt where);
}
