package rok.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rok.index.Location;
import rok.pack.PackName;

/**
 * Copies of ranges of packs that hold trees and lists of chunks, a file each, so that another run need not ask for them. Bounded:
 * those that were not used for long go first. It may be deleted at any time, and any number of processes share it; what fails
 * here costs a request and no more. docs/format/cache.md has the bytes. Safe for use by many threads.
 */
final class StructureFiles {
    private static final long BYTES_MAX = 256L << 20;
    /** What is left when there was too much. */
    private static final long BYTES_KEPT = BYTES_MAX / 4 * 3;

    private static final int SEAL_BYTES = 4;
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{32})-(\\d{1,8})-(\\d{1,8})");

    private final Path folder;
    private final long bytesMax;
    private final long bytesKept;
    private @Nullable Map<PackName, List<Kept>> kept;
    private long bytes;

    /** @param cache of the repository */
    static StructureFiles in(Path cache) {
        return new StructureFiles(cache.resolve("structure"), BYTES_MAX, BYTES_KEPT);
    }

    StructureFiles(Path folder, long bytesMax, long bytesKept) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.bytesKept = bytesKept;
    }

    /** A file, by its name: from where to where in the pack. */
    private record Kept(PackName pack, int from, int to) {
        String name() {
            return "%s-%d-%d".formatted(pack, from, to);
        }

        boolean holds(Location chunk) {
            return chunk.offset() >= from && chunk.length() > 0 && chunk.length() <= to - chunk.offset();
        }
    }

    /** The bytes around a chunk, if they are kept and are those that were. */
    Optional<PackPart> find(Location chunk) {
        return of(chunk.pack()).stream()
                .filter(one -> one.holds(chunk))
                .flatMap(one -> read(one).stream())
                .findFirst();
    }

    /** All that is kept of a pack, each read when its turn comes. */
    Stream<PackPart> parts(PackName pack) {
        return of(pack).stream().flatMap(one -> read(one).stream());
    }

    private synchronized List<Kept> of(PackName pack) {
        return List.copyOf(kept().getOrDefault(pack, List.of()));
    }

    private Optional<PackPart> read(Kept one) {
        var file = folder.resolve(one.name());
        try {
            var content = Files.readAllBytes(file);
            var length = one.to - one.from;
            if (content.length == length + SEAL_BYTES
                    && ByteBuffer.wrap(content).getInt(length) == seal(one, content, length)) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
                return Optional.of(new PackPart(one.from, ByteBuffer.wrap(content, 0, length)));
            }
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // Somebody deleted it, or nobody may read it
        }
        forget(one);
        return Optional.empty();
    }

    private synchronized void forget(Kept one) {
        var ofPack = kept().get(one.pack);
        if (ofPack != null && ofPack.remove(one)) {
            bytes -= one.to - one.from;
        }
    }

    /** Keeps a range that was just read. */
    void keep(PackName pack, int from, byte[] content) {
        var one = new Kept(pack, from, from + content.length);
        try {
            var seal = ByteBuffer.allocate(SEAL_BYTES).putInt(0, seal(one, content, content.length));
            CachedFile.write(folder, one.name(), List.of(ByteBuffer.wrap(content), seal));
        } catch (IOException _) {
            return; // then it is asked for again
        }
        add(one);
    }

    private synchronized void add(Kept one) {
        var ofPack = kept().computeIfAbsent(one.pack, _ -> new ArrayList<>());
        if (!ofPack.contains(one)) {
            ofPack.add(one);
            bytes += one.to - one.from;
        }
        if (bytes > bytesMax) {
            makeRoom();
        }
    }

    /** The folder as it is, since others add to it and delete as well. */
    private void makeRoom() {
        record Aged(Kept kept, Path file, FileTime used) {}
        var all = new ArrayList<Aged>();
        kept = null;
        for (var ofPack : kept().values()) {
            for (var one : ofPack) {
                var file = folder.resolve(one.name());
                try {
                    all.add(new Aged(one, file, Files.getLastModifiedTime(file)));
                } catch (IOException _) {
                    // It is gone
                }
            }
        }
        all.sort(Comparator.comparing(Aged::used));
        for (var one : all) {
            if (bytes <= bytesKept) {
                return;
            }
            try {
                Files.deleteIfExists(one.file);
            } catch (IOException _) {
                // Its owner deletes it
            }
            forget(one.kept);
        }
    }

    private Map<PackName, List<Kept>> kept() {
        if (kept == null) {
            var found = new HashMap<PackName, List<Kept>>();
            bytes = 0;
            try (var files = Files.newDirectoryStream(folder)) {
                for (var file : files) {
                    parse(file.getFileName().toString()).ifPresent(one -> {
                        found.computeIfAbsent(one.pack, _ -> new ArrayList<>()).add(one);
                        bytes += one.to - one.from;
                    });
                    if (CachedFile.isLeftOver(file)) {
                        Files.deleteIfExists(file);
                    }
                }
            } catch (IOException _) {
                // None is kept yet
            }
            kept = found;
        }
        return kept;
    }

    private static Optional<Kept> parse(String name) {
        var parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        var from = Integer.parseInt(parts.group(2));
        var to = Integer.parseInt(parts.group(3));
        return from < to ? Optional.of(new Kept(PackName.parse(parts.group(1)), from, to)) : Optional.empty();
    }

    /** Of the name too, so that no other range is taken for this one. */
    private static int seal(Kept one, byte[] content, int length) {
        var crc = new CRC32C();
        crc.update(content, 0, length);
        crc.update(one.name().getBytes(StandardCharsets.US_ASCII));
        return (int) crc.getValue();
    }
}
