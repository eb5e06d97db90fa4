package rok.agent;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.Extent;
import rok.snapshot.ExtentReading;
import rok.snapshot.ExtentsAhead;

/**
 * Files that are read soon, each once: chunks of files that follow each other mostly lie side by side, and are read together.
 * One thread begins files in the order of the trees; whoever reads the first of a group ends that group.
 */
final class FilesAhead {
    /** Larger files are read by themselves, and may be by parts. */
    private static final long FILE_BYTES_MAX = 32 << 20;

    private static final Most NEAR = new Most(64, 1 << 20);
    private static final Most FAR = new Most(4096, 16 << 20);

    private final ChunkReader chunks;
    private final Predicate<ChunkId> isWanted;
    private final Most most;
    private Group group;

    /** @param isWanted which chunks are to be read */
    FilesAhead(ChunkReader chunks, Predicate<ChunkId> isWanted) {
        this.chunks = chunks;
        this.isWanted = isWanted;
        this.most = chunks.isFar() ? FAR : NEAR;
        this.group = new Group();
    }

    /** Of a group: it ends with the file that reaches either. */
    private record Most(int chunks, long bytes) {}

    static boolean isLarge(Content content) {
        return content.length() > FILE_BYTES_MAX;
    }

    /**
     * Has a file come, where the store is far, and does not wait for it.
     *
     * @param extents where they are known already
     */
    ExtentReading begin(Content content, Optional<List<Extent>> extents) {
        var known = extents.filter(_ -> !isLarge(content) && (chunks.isFar() || content.depth() == 0));
        if (known.isPresent()) {
            return new Part(together(known.get(), content.length()), known.get().iterator());
        }
        var alone = new ExtentsAhead(chunks, content, 0, content.length(), isWanted);
        alone.begin();
        return alone;
    }

    /** No more come for now: the last group is read as it is. */
    void end() {
        group.batch();
    }

    private Group together(List<Extent> extents, long bytes) {
        var ids = extents.stream()
                .filter(extent -> !extent.isHole() && isWanted.test(extent.chunk()))
                .map(Extent::chunk)
                .toList();
        if (!group.add(ids, bytes)) {
            group = new Group();
            group.add(ids, bytes);
        }
        return group;
    }

    /** One file of a group. */
    private record Part(Group group, Iterator<Extent> extents) implements ExtentReading {
        @Override
        public Optional<Extent> next() {
            return extents.hasNext() ? Optional.of(extents.next()) : Optional.empty();
        }

        @Override
        public void read(Extent extent, byte[] into) {
            ContentInput.read(group.begun(), extent, into);
        }

        @Override
        public void close() {
            group.done();
        }
    }

    /** Files that are read together. Safe for use by many threads. */
    private final class Group {
        private final List<ChunkId> ids = new ArrayList<>();
        private long bytes;
        private int left;
        private @Nullable ChunkBatch batch;
        private boolean isBegun;

        synchronized boolean add(List<ChunkId> more, long moreBytes) {
            if (batch != null) {
                return false;
            }
            ids.addAll(more);
            bytes += moreBytes;
            left++;
            if (ids.size() >= most.chunks || bytes >= most.bytes) {
                batch();
            }
            return true;
        }

        synchronized ChunkBatch batch() {
            if (batch == null) {
                batch = chunks.batch(ids);
                batch.later();
            }
            return batch;
        }

        /** For the first file that is read: the group's turn has come. */
        synchronized ChunkBatch begun() {
            var come = batch();
            if (!isBegun) {
                isBegun = true;
                come.ahead();
            }
            return come;
        }

        /** One of the files was read, or will not be. */
        synchronized void done() {
            left--;
            if (left == 0 && batch != null) {
                batch.close();
            }
        }
    }
}
