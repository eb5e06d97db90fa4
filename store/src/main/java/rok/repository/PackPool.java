package rok.repository;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import rok.format.StoreException;
import rok.pack.PackWriter;

/** The packs in memory: one a lane and a few on their way to the store, then whoever wants another one waits. */
final class PackPool {
    private final Deque<PackWriter> free = new ArrayDeque<>();
    private int limit;
    private int made;
    private boolean closed;

    PackPool(int limit) {
        this.limit = limit;
    }

    synchronized void changeLimit(int by) {
        limit += by;
        notifyAll();
    }

    synchronized PackWriter take() {
        while (!closed && free.isEmpty() && made >= limit) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException.Unavailable("Writing was interrupted", new InterruptedIOException());
            }
        }
        if (closed) {
            throw new IllegalStateException("The writer is closed");
        }
        if (free.isEmpty()) {
            made++;
            return new PackWriter();
        }
        return free.pop();
    }

    synchronized void give(PackWriter pack) {
        pack.reset();
        if (made > limit) {
            made--;
        } else {
            free.push(pack);
        }
        notifyAll();
    }

    /** Lets go of everything; whoever waits for a pack fails. */
    synchronized void close() {
        closed = true;
        free.clear();
        notifyAll();
    }
}
