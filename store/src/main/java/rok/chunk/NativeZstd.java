package rok.chunk;

import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Loads the native zstd. Its binding unpacks the library into a temporary file, which a process that is killed would leave
 * behind: so it gets a folder of its own below {@value #FOLDER}, which goes as soon as the library is loaded.
 */
final class NativeZstd {
    /** A system property: a folder for native code, made when it is needed; without it the system's temporary folder. */
    static final String FOLDER = "rok.native";

    private static final String LOADING = "zstd-";
    /** Loading takes milliseconds: what is older was left by a process that was killed meanwhile. */
    private static final Duration LOADING_MAX = Duration.ofMinutes(1);

    private NativeZstd() {}

    /** Whether the library can be had; loads it the first time. */
    static boolean isThere() {
        return Holder.LOADED;
    }

    private static final class Holder {
        private static final boolean LOADED = load();
    }

    private static boolean load() {
        var all = System.getProperty(FOLDER, "");
        if (all.isEmpty()) {
            return ZstdNativeCompressor.isEnabled();
        }
        try {
            var place = Files.createDirectories(Path.of(all));
            removeAbandoned(place);
            var folder = Files.createTempDirectory(place, LOADING);
            try {
                System.setProperty("aircompressor.tmpdir", folder.toString());
                return ZstdNativeCompressor.isEnabled();
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            return false; // what is written in Java does the same, slower
        }
    }

    private static void removeAbandoned(Path all) throws IOException {
        try (var folders = Files.newDirectoryStream(all, LOADING + "*")) {
            for (var folder : folders) {
                var since = Files.getLastModifiedTime(folder).toInstant();
                if (since.plus(LOADING_MAX).isBefore(Instant.now())) {
                    remove(folder);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
