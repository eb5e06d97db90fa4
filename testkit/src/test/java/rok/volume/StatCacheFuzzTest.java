package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.linux.Bytes;
import rok.testkit.Fuzz;

/** A walk beside a broken stat cache finds everything that is there; damage is told, and never taken for knowledge. */
class StatCacheFuzzTest {
    private static final Set<Class<? extends RuntimeException>> DAMAGED = Set.of(Damaged.class);

    private static final List<String> NAMES = List.of("a/1", "a/2", "a/deep/er/3", "b", "c/4", "d/1", "\u00e9/5", "z");
    private static final int ENTRIES = NAMES.size();
    private static final int FOLDERS = 7;

    @TempDir
    Path temporary;

    /** How this reader refuses: with a warning. */
    private static final class Damaged extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aBrokenStatCacheNeverGivesAValueOfAnotherEntry() throws Exception {
        try (var volume = DirectoryVolume.open(folder())) {
            var cache = new StatCache(temporary.resolve("cache"), volume);
            var all = tell(volume, cache);
            assertThat(walk(volume, cache)).isEqualTo(all);
            var good = List.of(Files.readAllBytes(cache.file()));
            new Fuzz("stat cache", DAMAGED, 16 << 20).run(good, Fuzz.Repair.NONE, (input, _) -> {
                Files.write(cache.file(), input);
                assertThat(all.entrySet()).containsAll(walk(volume, cache).entrySet());
            });
        }
    }

    @Test
    void aStatCacheWithItsChecksumsRightNeverUpsetsAWalk() throws Exception {
        try (var volume = DirectoryVolume.open(folder())) {
            var cache = new StatCache(temporary.resolve("cache"), volume);
            var _ = tell(volume, cache);
            var good = List.of(Files.readAllBytes(cache.file()));
            new Fuzz("stat cache, checksums right", DAMAGED, 16 << 20)
                    .run(good, StatCacheFuzzTest::repaired, (input, _) -> {
                        Files.write(cache.file(), input);
                        var _ = walk(volume, cache);
                    });
        }
    }

    private Path folder() throws Exception {
        var folder = temporary.resolve("volume");
        for (var name : NAMES) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), name);
        }
        StatCache.awaitLaterStamps();
        return folder;
    }

    /** Writes a cache in which the value of every entry is its path; that of all paths. */
    private static Map<String, String> tell(DirectoryVolume volume, StatCache cache) {
        var all = new TreeMap<String, String>();
        try (var walk = volume.walk(WalkOptions.ALL, StatCacheReader.none(), _ -> {});
                var writer = cache.update(walk.started(), Bytes.of("context"))) {
            for (var event : (Iterable<WalkEvent>) () -> walk) {
                switch (event) {
                    case WalkEvent.Enter(var entered) -> writer.enter(entered);
                    case WalkEvent.Found(var entry) -> {
                        writer.entry(entry, entry.path());
                        all.put(entry.path().toString(), entry.path().toString());
                    }
                    case WalkEvent.Leave(var left, var _, var _) -> {
                        var path = left.path() + "/";
                        writer.leave(left, Optional.of(Bytes.of(path)));
                        all.put(path, path);
                    }
                }
            }
            writer.commit();
        }
        return all;
    }

    /** What a walk knows by the cache. */
    private static Map<String, String> walk(DirectoryVolume volume, StatCache cache) {
        var warnings = new ArrayList<Warning>();
        var known = new TreeMap<String, String>();
        var found = 0;
        try (var reader = cache.open(warnings::add);
                var walk = volume.walk(WalkOptions.ALL, reader, warnings::add)) {
            for (var event : (Iterable<WalkEvent>) () -> walk) {
                found++;
                switch (event) {
                    case WalkEvent.Enter _ -> {}
                    case WalkEvent.Found(var entry) ->
                        entry.known().ifPresent(value -> known.put(entry.path().toString(), text(value)));
                    case WalkEvent.Leave(var left, var value, var _) ->
                        value.ifPresent(made -> known.put(left.path() + "/", text(made)));
                }
            }
        }
        assertThat(found).isEqualTo(ENTRIES + 2 * FOLDERS);
        if (!warnings.isEmpty()) {
            throw new Damaged();
        }
        return known;
    }

    private static String text(Bytes value) {
        return new String(value.toArray(), StandardCharsets.UTF_8);
    }

    /** Every block's checksum right, as far as the lengths lead. */
    private static byte[] repaired(byte[] broken, RandomGenerator random) {
        var bytes = ByteBuffer.wrap(broken).order(ByteOrder.LITTLE_ENDIAN);
        for (var at = 8; at + 8 < broken.length; ) {
            var length = bytes.getInt(at);
            if (length <= 0 || length > broken.length - at - 8) {
                length = broken.length - at - 8;
                bytes.putInt(at, length);
            }
            var crc = new CRC32C();
            crc.update(broken, at + 8, length);
            bytes.putInt(at + 4, (int) crc.getValue());
            at += 8 + length;
        }
        return broken;
    }
}
