package rok.snapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.parallel.Background;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;

/**
 * The extents of a range of a file in order, some megabytes of its chunks read by as few requests as their packs allow. Of
 * a store that is far, the next ones are on their way meanwhile.
 */
public final class ExtentsAhead implements ExtentReading {
    private static final Pieces NEAR = new Pieces(1 << 20, 64, 1);
    /** Some ranges each, as long as they may be; of one file, what 240 ms hold at 200 MB/s. */
    private static final Pieces FAR = new Pieces(16 << 20, 4096, 3);

    private final ChunkReader chunks;
    private final Pieces pieces;
    private final Extents extents;
    private final long from;
    private final long to;
    private final Predicate<ChunkId> isWanted;
    private final Deque<Piece> ahead = new ArrayDeque<>();
    private @Nullable FutureTask<?> beginning;
    private @Nullable Piece piece;
    private int next;
    private boolean ended;

    /**
     * The extents that begin from {@code from} until before {@code to}.
     *
     * @param isWanted which chunks are to be read
     */
    public ExtentsAhead(ChunkReader chunks, Content content, long from, long to, Predicate<ChunkId> isWanted) {
        this.chunks = chunks;
        this.pieces = chunks.isFar() ? FAR : NEAR;
        this.extents = new Extents(chunks, content, from);
        this.from = from;
        this.to = to;
        this.isWanted = isWanted;
    }

    /**
     * How much is read together.
     *
     * @param bytes from here on a piece ends
     * @param atOnce pieces that are on their way
     */
    private record Pieces(long bytes, int extentsMax, int atOnce) {}

    /** Extents whose chunks are read together. */
    private record Piece(List<Extent> extents, ChunkBatch batch) {}

    /** Has the first chunks come, where the store is far, and does not wait for it. */
    public void begin() {
        if (chunks.isFar()) {
            var task = new FutureTask<>(() -> {
                goAhead(ChunkBatch::later);
                return null;
            });
            beginning = task;
            Background.start("ahead", task);
        }
    }

    @Override
    public Optional<Extent> next() {
        awaitBeginning();
        while (piece == null || next == piece.extents.size()) {
            closePiece();
            goAhead(ChunkBatch::ahead);
            piece = ahead.poll();
            next = 0;
            if (piece == null) {
                return Optional.empty();
            }
        }
        return Optional.of(piece.extents.get(next++));
    }

    @Override
    public void read(Extent extent, byte[] into) {
        if (piece == null) {
            throw new IllegalStateException("No extent was asked for");
        }
        ContentInput.read(piece.batch, extent, into);
    }

    private void awaitBeginning() {
        if (beginning != null) {
            try {
                beginning.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("Interrupted");
            } catch (ExecutionException _) {
                // What comes before the damage is not lost, and what is damaged is met again
            }
            beginning = null;
        }
    }

    private void goAhead(Consumer<ChunkBatch> how) {
        while (ahead.size() < pieces.atOnce) {
            var together = together();
            if (together.isEmpty()) {
                return;
            }
            var batch = chunks.batch(together.stream()
                    .filter(extent -> !extent.isHole() && isWanted.test(extent.chunk()))
                    .map(Extent::chunk)
                    .toList());
            how.accept(batch);
            ahead.add(new Piece(together, batch));
        }
    }

    private List<Extent> together() {
        var together = new ArrayList<Extent>();
        var bytes = 0L;
        while (!ended && bytes < pieces.bytes && together.size() < pieces.extentsMax && extents.hasNext()) {
            var extent = extents.next();
            ended = extent.offset() >= to;
            if (!ended && extent.offset() >= from) {
                together.add(extent);
                bytes += extent.chunkLength();
            }
        }
        return together;
    }

    private void closePiece() {
        if (piece != null) {
            piece.batch.close();
            piece = null;
        }
    }

    @Override
    public void close() {
        awaitBeginning();
        closePiece();
        ahead.forEach(waiting -> waiting.batch.close());
        ahead.clear();
    }
}
