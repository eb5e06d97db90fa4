package rok.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import rok.format.StoreException;
import rok.object.LocalObjects;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/** Index segments as mapped files: the store's own where it has such, else copies in the local cache. */
final class SegmentFiles {
    /** Smaller buffers come from the heap. */
    private static final int HEAP_BYTES_MAX = 8 << 20;
    /**
     * What a copy ends in: the CRC-32C of the segment's key and header. The header's own checksum leads to every other
     * byte, so another segment's copy under this name is not taken for this segment.
     */
    private static final int SEAL_BYTES = 4;

    private static final int HEADER_BYTES = 24;

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
        if (store instanceof LocalObjects mappable) {
            return mappable.map(key);
        }
        try {
            var file = file(key);
            if (Files.isRegularFile(file) && Files.size(file) == size + SEAL_BYTES) {
                var copy = map(file);
                var segment = copy.slice(0, (int) size);
                if (size >= HEADER_BYTES && copy.getInt((int) size) == seal(key, segment)) {
                    return segment;
                }
            }
            var content = store.read(key)
                    .orElseThrow(() -> new StoreException.Missing("There is no index segment " + key))
                    .content();
            if (content.remaining() < HEADER_BYTES) {
                return content;
            }
            copy(key, content);
            return map(file).slice(0, content.remaining());
        } catch (IOException e) {
            throw notCached(e);
        }
    }

    /** Has the segment copied anew when it is opened next; false where what was open are the store's own bytes. */
    boolean discard(ObjectKey key) {
        if (store instanceof LocalObjects) {
            return false;
        }
        try {
            Files.deleteIfExists(file(key));
            return true;
        } catch (IOException _) {
            // Then it is as damaged as it was
            return false;
        }
    }

    private static int seal(ObjectKey key, ByteBuffer segment) {
        var crc = new CRC32C();
        crc.update(key.value().getBytes(StandardCharsets.US_ASCII));
        crc.update(segment.slice(0, HEADER_BYTES));
        return (int) crc.getValue();
    }

    /** Remembers a segment that was just put, so that it need not be fetched to be looked into. */
    void keep(ObjectKey key, ByteBuffer content) {
        if (store instanceof LocalObjects) {
            return;
        }
        try {
            if (content.remaining() >= HEADER_BYTES) {
                copy(key, content);
            }
        } catch (IOException e) {
            throw notCached(e);
        }
    }

    /**
     * Deletes copies of segments that are not in the store any more, but for those that may just have been put there; and what
     * killed processes left.
     */
    void forgetAllBut(Set<ObjectKey> there) {
        if (store instanceof LocalObjects) {
            return;
        }
        var names = there.stream().map(SegmentFiles::name).collect(Collectors.toSet());
        var segments = name(ChunkIndex.PREFIX);
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                var isGone = name.startsWith(segments) && !names.contains(name) && CachedFile.isOld(file);
                if (isGone || CachedFile.isLeftOver(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException _) {
            return; // nothing is kept, or others delete it too
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
        return folder.resolve(name(key));
    }

    private static String name(ObjectKey key) {
        return key.value().replace('/', '-');
    }

    private void copy(ObjectKey key, ByteBuffer content) throws IOException {
        var seal = ByteBuffer.allocate(SEAL_BYTES).putInt(0, seal(key, content.slice()));
        CachedFile.write(folder, name(key), List.of(content, seal));
    }

    private static ByteBuffer map(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }
}
