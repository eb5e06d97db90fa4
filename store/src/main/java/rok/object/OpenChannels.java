package rok.object;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Objects;

/** The files that were read last, open, so that reading many ranges of one opens it once. Bounded. */
final class OpenChannels implements AutoCloseable {
    private final int channelsMax;
    private final LinkedHashMap<Path, Lease> channels = new LinkedHashMap<>(16, 0.75f, true);

    OpenChannels(int channelsMax) {
        this.channelsMax = channelsMax;
    }

    /** Reads from {@code offset} until {@code into} is full or the file ends; returns how many bytes that were. */
    int read(Path path, long offset, ByteBuffer into) throws IOException {
        var start = into.position();
        while (true) {
            var lease = take(path);
            try {
                while (into.hasRemaining() && lease.channel.read(into, offset + into.position() - start) >= 0) {
                    // A read may give less than it was asked for.
                }
                return into.position() - start;
            } catch (ClosedChannelException e) {
                // An interrupt of a reader closes the channel under the others: they open it again.
                forget(path, lease);
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            } finally {
                release(lease);
            }
        }
    }

    /** The file's next reader opens it again. */
    synchronized void forget(Path path) {
        var lease = channels.remove(path);
        if (lease != null) {
            drop(lease);
        }
    }

    @Override
    public synchronized void close() {
        channels.values().forEach(OpenChannels::drop);
        channels.clear();
    }

    private synchronized Lease take(Path path) throws IOException {
        var lease = channels.get(path);
        if (lease == null) {
            lease = new Lease(FileChannel.open(path, StandardOpenOption.READ));
            channels.put(path, lease);
            if (channels.size() > channelsMax) {
                drop(Objects.requireNonNull(channels.pollFirstEntry()).getValue());
            }
        }
        lease.users++;
        return lease;
    }

    private synchronized void forget(Path path, Lease lease) {
        if (channels.remove(path, lease)) {
            drop(lease);
        }
    }

    private synchronized void release(Lease lease) {
        lease.users--;
        closeIfUnused(lease);
    }

    private static void drop(Lease lease) {
        lease.dropped = true;
        closeIfUnused(lease);
    }

    private static void closeIfUnused(Lease lease) {
        if (lease.dropped && lease.users == 0) {
            try {
                lease.channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** An open file and how many are reading it; it is closed when nobody is and it was dropped. */
    private static final class Lease {
        private final FileChannel channel;
        private int users;
        private boolean dropped;

        Lease(FileChannel channel) {
            this.channel = channel;
        }
    }
}
