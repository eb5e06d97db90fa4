package rok.pool;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program of the system that a pool needs: found, run to its end within a time, and what it said. */
final class Tool {
    private static final int OUTPUT_BYTES_MAX = 16 << 10;
    private static final List<String> ALSO_IN = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

    private Tool() {}

    static Path find(String name, String packageName) {
        return lookUp(name)
                .orElseThrow(() -> new PoolException.NotFound(
                        "There is no %s on this machine: install %s".formatted(name, packageName)));
    }

    static Optional<Path> lookUp(String name) {
        var folders = new ArrayList<String>();
        var path = System.getenv("PATH");
        if (path != null) {
            folders.addAll(List.of(path.split(File.pathSeparator)));
        }
        folders.addAll(ALSO_IN);
        return folders.stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Throws {@link PoolException} with what it said where it fails or does not end in time; it is killed then. */
    static void run(String doing, List<String> command, Duration patience) {
        run(doing, command, patience, 0);
    }

    /** @param most the highest exit code that is none of a failure */
    static void run(String doing, List<String> command, Duration patience, int most) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            var output =
                    CompletableFuture.supplyAsync(() -> bounded(process.getInputStream()), Thread::startVirtualThread);
            try {
                end(doing, command, process, patience, most, output);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new PoolException("%s: %s did not start: %s".formatted(doing, command.getFirst(), e.getMessage()), e);
        }
    }

    private static void end(
            String doing,
            List<String> command,
            Process process,
            Duration patience,
            int most,
            CompletableFuture<String> output) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PoolException(
                        "%s: %s did not end within %d s".formatted(doing, command.getFirst(), patience.toSeconds()));
            }
            if (process.exitValue() > most) {
                var said = output.completeOnTimeout("", 1, TimeUnit.SECONDS).join();
                throw new PoolException("%s: %s failed (%d): %s"
                        .formatted(doing, command.getFirst(), process.exitValue(), said.strip()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException("%s: interrupted".formatted(doing), e);
        }
    }

    /** The beginning; the rest is read too, so that it can end. */
    private static String bounded(InputStream stream) {
        try (stream) {
            var bytes = stream.readNBytes(OUTPUT_BYTES_MAX);
            stream.transferTo(java.io.OutputStream.nullOutputStream());
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
