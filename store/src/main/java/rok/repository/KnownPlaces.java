package rok.repository;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import rok.chunk.ChunkId;
import rok.index.Location;
import rok.pack.PackName;

/** Places that are known without asking each segment, and those of the index where they are not, or not any more. */
final class KnownPlaces implements ChunkPlaces {
    private final Function<ChunkId, Optional<Location>> known;
    private final ChunkPlaces index;

    KnownPlaces(Function<ChunkId, Optional<Location>> known, ChunkPlaces index) {
        this.known = known;
        this.index = index;
    }

    @Override
    public Location locate(ChunkId id) {
        return known.apply(id).orElseGet(() -> index.locate(id));
    }

    @Override
    public Location locateAgain(ChunkId id, PackName missing) {
        return index.locateAgain(id, missing);
    }

    @Override
    public List<Location> places(ChunkId id) {
        return index.places(id);
    }

    @Override
    public void look() {
        index.look();
    }
}
