package rok.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The native code of tree-sitter. Its binding would unpack it into the system's temporary folder with every start, and a
 * process that is killed would leave it there: so it is unpacked once, into a folder named by what it holds, for all processes.
 */
final class TreeSitterLibraries {
    /** A system property: a folder for native code, made when it is needed; without it the binding does as it likes. */
    static final String FOLDER = "rok.native";

    /** Where the binding looks before it unpacks. */
    private static final String BINDING = "tree-sitter-lib";

    private static final String UNPACKING = "unpacking-";
    private static final Duration UNPACKING_MAX = Duration.ofMinutes(10);

    private TreeSitterLibraries() {}

    /** To be called before anything of the binding is used; the first call does the work. */
    static void prepare() {
        Objects.requireNonNull(Holder.DONE);
    }

    private static final class Holder {
        private static final Boolean DONE = unpack();
    }

    private static Boolean unpack() {
        var all = System.getProperty(FOLDER, "");
        if (!all.isEmpty() && System.getProperty(BINDING) == null) {
            try {
                System.setProperty(BINDING, unpack(Path.of(all)).toString());
            } catch (IOException e) {
                throw new UncheckedIOException("What parses notebooks can't be unpacked below " + all, e);
            }
        }
        return true;
    }

    private static Path unpack(Path all) throws IOException {
        var libraries = new LinkedHashMap<String, byte[]>();
        for (var name : new String[] {"tree-sitter", "tree-sitter-python"}) {
            var file = "lib/%s-linux-gnu-%s.so".formatted(architecture(), name);
            libraries.put(file, read(file));
        }
        var folder = all.resolve("tree-sitter-" + hash(libraries));
        if (Files.isDirectory(folder)) {
            return folder;
        }
        removeAbandoned(all);
        var partial = Files.createTempDirectory(Files.createDirectories(all), UNPACKING);
        for (var library : libraries.entrySet()) {
            var file = partial.resolve(library.getKey());
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            write(file, library.getValue());
        }
        try {
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            remove(partial); // another process was faster
        }
        return folder;
    }

    /** What processes left that were killed meanwhile. */
    private static void removeAbandoned(Path all) throws IOException {
        if (Files.isDirectory(all)) {
            try (var folders = Files.newDirectoryStream(all, UNPACKING + "*")) {
                for (var folder : folders) {
                    if (Files.getLastModifiedTime(folder)
                            .toInstant()
                            .plus(UNPACKING_MAX)
                            .isBefore(Instant.now())) {
                        remove(folder);
                    }
                }
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.toList().reversed()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Whole on the disk before it gets its name: running half a library would end the process. */
    private static void write(Path file, byte[] content) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (var rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch", "").equals("aarch64") ? "aarch64" : "x86_64";
    }

    private static byte[] read(String file) throws IOException {
        try (var in = TreeSitterLibraries.class.getResourceAsStream("/" + file)) {
            if (in == null) {
                throw new IOException("this build of Rok lacks " + file);
            }
            return in.readAllBytes();
        }
    }

    private static String hash(Map<String, byte[]> libraries) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            libraries.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
