package rok.agent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;
import rok.snapshot.ContentInput;
import rok.snapshot.Extent;

/**
 * Files of one chunk each, whose chunks are read together: small files that lie in one folder mostly lie in one pack too.
 * One thread adds files in the order of the trees; whoever fills the first of a group ends that group.
 */
final class SmallFiles {
    private static final int FILES_MAX = 64;
    private static final long BYTES_MAX = 1 << 20;

    private final ChunkReader chunks;
    private Group group;

    SmallFiles(ChunkReader chunks) {
        this.chunks = chunks;
        this.group = new Group();
    }

    /** The group that the file, which is to be filled once, is read with. */
    Group add(ChunkId chunk, long length) {
        if (!group.add(chunk, length)) {
            group = new Group();
            group.add(chunk, length);
        }
        return group;
    }

    /** No more come for now: the last group is read as it is. */
    void end() {
        group.batch();
    }

    /** Files that are read together. Safe for use by many threads. */
    final class Group {
        private final List<ChunkId> ids = new ArrayList<>();
        private long bytes;
        private int left;
        private @Nullable ChunkBatch batch;

        private synchronized boolean add(ChunkId chunk, long length) {
            if (batch != null) {
                return false;
            }
            ids.add(chunk);
            bytes += length;
            left++;
            if (isFull()) {
                batch();
            }
            return true;
        }

        private boolean isFull() {
            return ids.size() == FILES_MAX || bytes >= BYTES_MAX;
        }

        void read(Extent extent, byte[] into) {
            ContentInput.read(batch(), extent, into);
        }

        private synchronized ChunkBatch batch() {
            if (batch == null) {
                batch = chunks.batch(ids);
                batch.ahead();
            }
            return batch;
        }

        /** One of the files is written, or will not be. */
        synchronized void done() {
            left--;
            if (left == 0 && batch != null) {
                batch.close();
            }
        }
    }
}
