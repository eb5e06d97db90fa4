package rok.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How files are written that can be lost, and that other processes read and write meanwhile. */
public final class CachedFile {
    private static final String UNFINISHED = ".new";
    /** What somebody may still be at. */
    private static final Duration YOUNG = Duration.ofHours(1);

    private CachedFile() {}

    /** Has the file hold the remaining bytes of all parts, at once. Makes its folder. */
    public static void write(Path folder, String name, List<ByteBuffer> parts) throws IOException {
        Files.createDirectories(folder);
        var temporary = Files.createTempFile(folder, name, UNFINISHED);
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                for (var part : parts) {
                    for (var bytes = part.duplicate(); bytes.hasRemaining(); ) {
                        channel.write(bytes);
                    }
                }
            }
            Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** It was not written just now, so whoever looked where it belongs knows of it. */
    static boolean isOld(Path file) throws IOException {
        return Files.getLastModifiedTime(file)
                .toInstant()
                .isBefore(Instant.now().minus(YOUNG));
    }

    /** A process was killed while it wrote it. */
    static boolean isLeftOver(Path file) throws IOException {
        return file.toString().endsWith(UNFINISHED) && isOld(file);
    }
}
