package rok.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import rok.format.StoreException;
import rok.object.MappableObjects;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/** Index segments as mapped files: the store's own where it has such, else copies in the local cache. */
final class SegmentFiles {
    /** Smaller buffers come from the heap. */
    private static final int HEAP_BYTES_MAX = 8 << 20;

    private final ObjectStore store;
    private final Path folder;

    /**
     * Copies go to {@code folder}, which may vanish between runs and is made when it is needed.
     */
    SegmentFiles(ObjectStore store, Path folder) {
        this.store = store;
        this.folder = folder;
    }

    /** The segment's bytes, of which the store lists so many. */
    ByteBuffer open(ObjectKey key, long size) {
        if (store instanceof MappableObjects mappable) {
            return mappable.map(key);
        }
        try {
            var file = file(key);
            // A copy of the right length is as good as the segment: the segment's own checksums tell.
            if (!Files.isRegularFile(file) || Files.size(file) != size) {
                var content = store.read(key)
                        .orElseThrow(() -> new StoreException.Missing("There is no index segment " + key));
                copy(content.content(), file);
            }
            return map(file);
        } catch (IOException e) {
            throw notCached(e);
        }
    }

    /** Remembers a segment that was just put, so that it need not be fetched to be looked into. */
    void keep(ObjectKey key, ByteBuffer content) {
        if (store instanceof MappableObjects) {
            return;
        }
        try {
            copy(content, file(key));
        } catch (IOException e) {
            throw notCached(e);
        }
    }

    private StoreException.Unavailable notCached(IOException e) {
        return new StoreException.Unavailable(
                "The index can't be cached in %s (%s); make room or give access there".formatted(folder, e), e);
    }

    /** A buffer that does not weigh on the heap when it is large. */
    ByteBuffer allocate(int bytes) {
        if (bytes <= HEAP_BYTES_MAX) {
            return ByteBuffer.allocate(bytes);
        }
        try {
            Files.createDirectories(folder);
            var file = Files.createTempFile(folder, "segment", ".new");
            try (var channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(ObjectKey key) {
        return folder.resolve(key.value().replace('/', '-'));
    }

    private void copy(ByteBuffer content, Path file) throws IOException {
        Files.createDirectories(folder);
        var temporary = Files.createTempFile(folder, "segment", ".new");
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                var bytes = content.duplicate();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static ByteBuffer map(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }
}
