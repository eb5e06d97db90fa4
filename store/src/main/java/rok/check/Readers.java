package rok.check;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import rok.names.RokUrl;
import rok.repository.Anatomy;
import rok.repository.ChunkPlaces;
import rok.repository.ChunkReader;

/** One reader for all whose chunks are alike. Safe for use by many threads. */
final class Readers {
    private final Anatomy anatomy;
    private final ChunkPlaces places;
    private final Map<String, ChunkReader> byScope = new ConcurrentHashMap<>();

    Readers(Anatomy anatomy, ChunkPlaces places) {
        this.anatomy = anatomy;
        this.places = places;
    }

    ChunkReader of(RokUrl url) {
        return byScope.computeIfAbsent(anatomy.scope(url.account().value()), scope -> anatomy.reader(scope, places));
    }
}
