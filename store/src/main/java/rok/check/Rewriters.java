package rok.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import rok.chunk.ChunkId;
import rok.repository.Anatomy;
import rok.repository.ChunkWriter;

/** A session of writing for each scope that something is stored anew of: a pack has chunks of one. For one thread. */
final class Rewriters implements AutoCloseable {
    private final Anatomy anatomy;
    private final Function<String, Predicate<ChunkId>> again;
    private final Map<String, Session> byScope = new LinkedHashMap<>();

    /** @param again for each scope the chunks to store though they are listed */
    Rewriters(Anatomy anatomy, Function<String, Predicate<ChunkId>> again) {
        this.anatomy = anatomy;
        this.again = again;
    }

    private record Session(ChunkWriter writer, ChunkWriter.Lane lane) {}

    ChunkWriter.Lane lane(String scope) {
        return byScope.computeIfAbsent(scope, this::open).lane();
    }

    private Session open(String scope) {
        var writer = anatomy.rewriter(scope, again.apply(scope));
        return new Session(writer, writer.lane());
    }

    /** Answers how many chunks were stored. */
    long flush() {
        return byScope.values().stream()
                .mapToLong(session -> session.writer().flush().newChunks())
                .sum();
    }

    @Override
    public void close() {
        for (var session : byScope.values()) {
            session.lane().close();
            session.writer().close();
        }
    }
}
