package rok.runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The Python that drives steps: an environment with exact packages, made once for a list of them, and Rok's own package.
 *
 * @param python the environment's interpreter
 * @param packages the folder that holds {@code rok_steps}
 */
public record PythonEnvironment(Path python, Path packages) {
    /** What this binary carries of the Python side, below {@code rok/python}. */
    private static final List<String> FILES = List.of(
            "rok_steps/__init__.py",
            "rok_steps/__main__.py",
            "rok_steps/cells.py",
            "rok_steps/events.py",
            "rok_steps/kernel.py",
            "rok_steps/linux.py",
            "rok_steps/marshal.py",
            "rok_steps/mounts.py",
            "rok_steps/notebook.py",
            "rok_steps/processes.py",
            "rok_steps/py.typed",
            "rok_steps/spec.py",
            "rok_steps/step.py",
            "rok_steps/values.py",
            "requirements.txt",
            "set-up",
            "set_up.py");

    /**
     * Gives the environment below {@code folder}, and makes it first where it is not there: half a minute and the network,
     * once. Killed half-way, it starts afresh; several processes at once wait for the one that makes it.
     *
     * @param progress is told a line now and then
     * @throws RunException saying what to install, or what did not answer
     */
    public static PythonEnvironment prepare(Path folder, Consumer<String> progress) throws InterruptedException {
        try {
            var source = unpack(folder);
            var requirements = source.resolve("requirements.txt");
            var environment = folder.resolve("env-" + hash(Files.readAllBytes(requirements)));
            if (!Files.exists(environment.resolve("rok-ready"))) {
                make(source, environment, requirements, progress);
            }
            return new PythonEnvironment(environment.resolve("bin").resolve("python"), source);
        } catch (IOException e) {
            throw new UncheckedIOException("Rok's Python package cannot be written below " + folder, e);
        }
    }

    private static void make(Path source, Path environment, Path requirements, Consumer<String> progress)
            throws IOException, InterruptedException {
        var setUp = new ProcessBuilder(
                        "sh", source.resolve("set-up").toString(), environment.toString(), requirements.toString())
                .redirectErrorStream(true);
        setUp.environment().keySet().removeIf(name -> name.startsWith("PYTHON"));
        setUp.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        // Nothing is left elsewhere, and what was fetched is there still when half of it failed to come
        var fetched = environment.resolveSibling("." + environment.getFileName() + ".fetched");
        setUp.environment().putIfAbsent("PIP_CACHE_DIR", fetched.toString());
        setUp.environment()
                .put("TMPDIR", Files.createDirectories(fetched.resolve("tmp")).toString());
        var process = setUp.start();
        process.getOutputStream().close();
        var said = new StringBuilder();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                progress.accept(line);
                said.append(line).append('\n');
                said.delete(0, Math.max(0, said.length() - 2000));
            }
        } finally {
            if (Thread.currentThread().isInterrupted()) {
                process.destroy();
            }
        }
        if (process.waitFor() != 0) {
            var lines = said.toString().strip().lines().toList();
            throw new RunException(
                    "The Python environment of the steps could not be made: "
                            + (lines.isEmpty() ? "" : lines.getFirst()),
                    String.join(" ", lines.subList(Math.min(1, lines.size()), lines.size())));
        }
        Trees.delete(fetched);
    }

    /** Writes the Python side into a folder named by its hash, once. */
    private static Path unpack(Path folder) throws IOException {
        var digest = sha256();
        for (var file : FILES) {
            digest.update(read(file));
        }
        var target = folder.resolve("rok-" + HexFormat.of().formatHex(digest.digest(), 0, 8));
        if (Files.isDirectory(target)) {
            return target;
        }
        Files.createDirectories(folder);
        var partial = Files.createTempDirectory(folder, ".rok-");
        for (var file : FILES) {
            var path = partial.resolve(file);
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.write(path, read(file));
        }
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (IOException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            Trees.delete(partial); // another process was faster
        }
        return target;
    }

    private static byte[] read(String file) throws IOException {
        try (var in = PythonEnvironment.class.getResourceAsStream("/rok/python/" + file)) {
            if (in == null) {
                throw new IOException("this build of Rok lacks " + file);
            }
            return in.readAllBytes();
        }
    }

    private static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes), 0, 8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
