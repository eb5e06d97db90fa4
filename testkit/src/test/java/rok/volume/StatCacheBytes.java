package rok.volume;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import rok.linux.Bytes;
import rok.linux.Stat;

/** What a stat cache is written as for a folder that never was. */
public final class StatCacheBytes {
    private StatCacheBytes() {}

    public static byte[] of(Path temporary) throws Exception {
        var stat = new Stat(0x81a4, 1, 1000, 1001, 70_000, 5, 6, -7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 0);
        var top = new Folder(Optional.empty(), Bytes.EMPTY, stat, List.of());
        var below = new Folder(Optional.of(top), Bytes.of("below"), stat, List.of());
        var identity = new StatCache.Identity(6, 5, Bytes.of("/a/folder"));
        var target = temporary.resolve("target.stat");
        try (var writer = new StatCacheWriter(
                temporary.resolve("new"), target, identity, Instant.ofEpochSecond(1000), Bytes.of("context"))) {
            writer.enter(top);
            writer.enter(below);
            writer.entry(
                    new Entry(below, Bytes.of("file"), Kind.FILE, stat, Bytes.EMPTY, Optional.empty()),
                    Bytes.of("made of the file"));
            writer.leave(below, Optional.of(Bytes.of("made of the folder")));
            writer.leave(top, Optional.empty());
            writer.commit();
        }
        return Files.readAllBytes(target);
    }
}
