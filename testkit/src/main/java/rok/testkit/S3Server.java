package rok.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real S3 server as a process of its own, on a free port and a folder of this test run. Close it. */
public final class S3Server implements AutoCloseable {
    public static final String ACCESS_KEY = "testtest";
    public static final String SECRET_KEY = "testtest1";
    public static final String BUCKET = "rok-test";
    private static final int START_TRIES = 600;

    private final Process process;
    private final int port;

    private S3Server(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Which server. */
    public enum Kind {
        VERSITYGW,
        MINIO;

        /** Where {@code tests/s3-servers} has put it. */
        public Optional<Path> program() throws IOException, InterruptedException {
            var script = Path.of("..", "tests", "s3-servers").toAbsolutePath().normalize();
            var asked = new ProcessBuilder(script.toString(), "path", name().toLowerCase(Locale.ROOT))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var path = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return asked.waitFor() == 0 ? Optional.of(Path.of(path)) : Optional.empty();
        }
    }

    /** Starts it, with one bucket, and waits until it listens. */
    public static S3Server start(Kind kind, Path program, Path folder) throws IOException, InterruptedException {
        var port = freePort();
        var data = Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(data.resolve(BUCKET));
        var address = "127.0.0.1:" + port;
        var command = switch (kind) {
            case VERSITYGW -> List.of(program.toString(), "--port", address, "--quiet", "posix", data.toString());
            case MINIO -> List.of(program.toString(), "server", "--quiet", "--address", address, data.toString());
        };
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("server.log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "ROOT_ACCESS_KEY", ACCESS_KEY,
                        "ROOT_SECRET_KEY", SECRET_KEY,
                        "MINIO_ROOT_USER", ACCESS_KEY,
                        "MINIO_ROOT_PASSWORD", SECRET_KEY,
                        "MINIO_BROWSER", "off"));
        var process = builder.start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
        for (var tries = 0; !listens(port); tries++) {
            if (tries == START_TRIES || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException(
                        "%s does not start:%n%s".formatted(program, Files.readString(folder.resolve("server.log"))));
            }
            Thread.sleep(100);
        }
        return new S3Server(process, port);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
