package rok.snapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;

/**
 * The extents of a range of a file in order, about a megabyte of its chunks read by as few requests as their packs allow. Of
 * a store that is far, the next megabytes are on their way meanwhile. Close it. For one thread.
 */
public final class ExtentsAhead implements AutoCloseable {
    private static final long PIECE_BYTES = 1 << 20;
    private static final int PIECE_EXTENTS_MAX = 64;
    /** Of a store that is far: what one file has on its way. */
    private static final int PIECES_MAX = 16;

    private final ChunkReader chunks;
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
        this.extents = new Extents(chunks, content, from);
        this.from = from;
        this.to = to;
        this.isWanted = isWanted;
    }

    /** Extents whose chunks are read together. */
    private record Piece(List<Extent> extents, ChunkBatch batch) {}

    /** Has the first chunks come, where the store is far, and does not wait for it. */
    public void begin() {
        if (chunks.isFar()) {
            var task = new FutureTask<>(() -> {
                goAhead();
                return null;
            });
            beginning = task;
            Thread.startVirtualThread(task);
        }
    }

    /** The next one; nothing at the end. */
    public Optional<Extent> next() {
        awaitBeginning();
        while (piece == null || next == piece.extents.size()) {
            closePiece();
            goAhead();
            piece = ahead.poll();
            next = 0;
            if (piece == null) {
                return Optional.empty();
            }
        }
        return Optional.of(piece.extents.get(next++));
    }

    /** The bytes of an extent that came last, and that is not a hole. */
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

    private void goAhead() {
        var most = chunks.isFar() ? PIECES_MAX : 1;
        while (ahead.size() < most) {
            var together = together();
            if (together.isEmpty()) {
                return;
            }
            var batch = chunks.batch(together.stream()
                    .filter(extent -> !extent.isHole() && isWanted.test(extent.chunk()))
                    .map(Extent::chunk)
                    .toList());
            batch.ahead();
            ahead.add(new Piece(together, batch));
        }
    }

    private List<Extent> together() {
        var together = new ArrayList<Extent>();
        var bytes = 0L;
        while (!ended && bytes < PIECE_BYTES && together.size() < PIECE_EXTENTS_MAX && extents.hasNext()) {
            var extent = extents.next();
            ended = extent.offset() >= to;
            if (!ended && extent.offset() >= from) {
                together.add(extent);
                bytes += extent.isHole() ? 0 : extent.length();
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
