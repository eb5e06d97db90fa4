package rok.repository;

import java.util.List;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.Location;
import rok.pack.PackName;

/** Says where chunks lie. Safe for use by many threads. */
public interface ChunkPlaces {
    /**
     * The place to read the chunk from. Throws {@link StoreException.Missing}, or {@link StoreException.Corrupt} where
     * damage may hide it.
     */
    Location locate(ChunkId id);

    /**
     * Where else it lies, now that a pack turned out not to be there. Throws as {@link #locate}; answers with the same
     * pack where no other has it.
     */
    Location locateAgain(ChunkId id, PackName missing);

    /** Every place that is known: where one turns out to be damaged, another may not be. */
    List<Location> places(ChunkId id);

    /** Looks at the store again: a chunk may have been stored elsewhere. */
    void look();
}
