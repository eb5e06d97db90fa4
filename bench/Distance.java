import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Puts a server far away: passes bytes on between its own port and the server's, each direction late by half of a round trip, and
 * as many of them as come. Making a connection costs one round trip more, as it does on a network. Each request is a line
 * of a file, {@code ms method target}. Prints its port; runs until it is ended.
 *
 * <p>{@code java Distance.java SERVER_PORT ROUND_TRIP_MS REQUESTS_FILE}
 */
final class Distance {
    private static final int PIECE_BYTES = 256 << 10;
    /** What is on its way in one direction of one connection: more than 300 MB/s at 240 ms. */
    private static final int ON_THE_WAY_BYTES = 64 << 20;

    private final int server;
    private final long oneWay;
    private final PrintStream requests;
    private final long began = System.nanoTime();

    private Distance(int server, long roundTripMillis, PrintStream requests) {
        this.server = server;
        this.oneWay = TimeUnit.MILLISECONDS.toNanos(roundTripMillis) / 2;
        this.requests = requests;
    }

    public static void main(String[] args) throws IOException {
        var distance = new Distance(
                Integer.parseInt(args[0]),
                Long.parseLong(args[1]),
                new PrintStream(Files.newOutputStream(Path.of(args[2])), true, StandardCharsets.UTF_8));
        try (var listening = new ServerSocket(0, 512, InetAddress.getLoopbackAddress())) {
            System.out.println(listening.getLocalPort());
            while (true) {
                distance.accept(listening.accept());
            }
        }
    }

    private void accept(Socket near) {
        Thread.startVirtualThread(() -> {
            try (near;
                    var far = new Socket()) {
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                var connection = new Connection(near, far);
                var back = Thread.startVirtualThread(() -> connection.pass(far, near, false));
                connection.pass(near, far, true);
                back.join();
            } catch (IOException | InterruptedException _) {
                // Either side went: so does the other
            }
        });
    }

    /** Bytes and when they arrive; none at the end. */
    private record Piece(byte[] bytes, long due) {}

    private final class Connection {
        private final long open = System.nanoTime();
        private volatile boolean isAnswered = true;

        Connection(Socket near, Socket far) {}

        void pass(Socket from, Socket to, boolean isThere) {
            var pieces = new LinkedBlockingQueue<Piece>();
            var room = new Semaphore(ON_THE_WAY_BYTES);
            var writing = Thread.startVirtualThread(() -> write(pieces, room, to));
            try {
                var buffer = new byte[PIECE_BYTES];
                var in = from.getInputStream();
                for (var got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                    look(buffer, got, isThere);
                    // The client's first bytes wait for the connection
                    var sent = isThere ? Math.max(System.nanoTime(), open + 2 * oneWay) : System.nanoTime();
                    room.acquire(got);
                    pieces.add(new Piece(Arrays.copyOf(buffer, got), sent + oneWay));
                }
            } catch (IOException | InterruptedException _) {
                // As if it had ended
            }
            pieces.add(new Piece(new byte[0], System.nanoTime() + oneWay));
            try {
                writing.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private void write(LinkedBlockingQueue<Piece> pieces, Semaphore room, Socket to) {
            try {
                var out = to.getOutputStream();
                for (var piece = pieces.take(); ; piece = pieces.take()) {
                    var wait = piece.due - System.nanoTime();
                    if (wait > 0) {
                        TimeUnit.NANOSECONDS.sleep(wait);
                    }
                    if (piece.bytes.length == 0) {
                        to.shutdownOutput();
                        return;
                    }
                    out.write(piece.bytes);
                    room.release(piece.bytes.length);
                }
            } catch (IOException | InterruptedException _) {
                room.release(ON_THE_WAY_BYTES);
            }
        }

        /** The client's first bytes after an answer are a request, but for a body that the server asked for. */
        private void look(byte[] bytes, int length, boolean isRequest) {
            if (!isRequest) {
                isAnswered = !new String(bytes, 0, Math.min(length, 12), StandardCharsets.US_ASCII).endsWith(" 100");
            } else if (isAnswered) {
                isAnswered = false;
                var head = new String(bytes, 0, Math.min(length, 2048), StandardCharsets.US_ASCII).split("[ \r\n]", 3);
                requests.printf("%d %s %s%n", (System.nanoTime() - began) / 1_000_000, head[0], head.length > 1 ? head[1] : "");
            }
        }
    }
}
