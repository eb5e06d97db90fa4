package rok.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import rok.testkit.WireHttp.Head;

/**
 * Stands between a client and a server of HTTP and spoils what the plan says, as networks and servers do. One request for
 * each connection. Close it.
 */
public final class FaultProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int upstream;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong faults = new AtomicLong();
    private volatile Plan plan;
    private volatile int delayMillis;

    /** Listens on a free port of this machine and passes on to another one. */
    public FaultProxy(int upstream, Plan plan) throws IOException {
        this.upstream = upstream;
        this.plan = plan;
        this.server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        var _ = threads.submit(() -> WireHttp.accept(server, threads, this::serve));
    }

    /** What can happen to a request. */
    public enum Fault {
        NONE,
        /** Answered by 500, and not passed on. */
        ERROR_500,
        /** Answered by 503 without a code. */
        ERROR_503,
        SLOW_DOWN,
        EXPIRED,
        DENIED,
        SKEWED,
        /** The connection is reset before the body is read. */
        RESET_BEFORE,
        /** In the middle of the request's body. */
        RESET_MIDDLE,
        /** After the server did it: the answer is lost. */
        RESET_AFTER,
        /** In the middle of the answer's body. */
        CUT,
        /** One bit of the answer's body is wrong. */
        FLIP
    }

    /** Decides for each request. Called by many threads. */
    @FunctionalInterface
    public interface Plan {
        Fault of(String method, String target);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many requests were spoilt. */
    public long faults() {
        return faults.get();
    }

    public void plan(Plan next) {
        plan = next;
    }

    /** Each request waits so long before it is passed on. */
    public void delay(int millis) {
        delayMillis = millis;
    }

    private void serve(Socket client) {
        try (client) {
            var in = client.getInputStream();
            var head = WireHttp.head(in);
            if (head.isEmpty()) {
                return;
            }
            if (delayMillis > 0) {
                Thread.sleep(delayMillis);
            }
            var fault = plan.of(head.get().word(0), head.get().word(1));
            if (fault != Fault.NONE) {
                faults.incrementAndGet();
            }
            if (fault == Fault.RESET_BEFORE) {
                reset(client);
                return;
            }
            var length = head.get().length();
            var body = in.readNBytes(fault == Fault.RESET_MIDDLE ? length / 2 : length);
            if (fault == Fault.RESET_MIDDLE) {
                reset(client);
                return;
            }
            var answer = own(fault);
            if (answer.length == 0) {
                answer = pass(head.get(), body);
            }
            deliver(client, fault, head.get(), answer);
        } catch (IOException e) {
            // The client, or the server, has gone: that is what this is for.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] own(Fault fault) {
        return switch (fault) {
            case ERROR_500 -> WireHttp.error(500, "InternalError", now());
            case ERROR_503 -> WireHttp.error(503, "ServiceUnavailable", now());
            case SLOW_DOWN -> WireHttp.error(503, "SlowDown", now());
            case EXPIRED -> WireHttp.error(400, "ExpiredToken", now());
            case DENIED -> WireHttp.error(403, "AccessDenied", now());
            case SKEWED -> WireHttp.error(403, "RequestTimeTooSkewed", now());
            default -> new byte[0];
        };
    }

    private static void deliver(Socket client, Fault fault, Head request, byte[] answer) throws IOException {
        var end = new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        var hasBody = answer.length > end && !request.word(0).equals("HEAD");
        if (fault == Fault.RESET_AFTER) {
            reset(client);
            return;
        }
        var out = client.getOutputStream();
        if (fault == Fault.CUT && hasBody) {
            out.write(answer, 0, end + (answer.length - end) / 2);
            out.flush();
            return;
        }
        if (fault == Fault.FLIP && hasBody) {
            answer[end + (answer.length - end) / 2] ^= 4;
        }
        out.write(answer);
        out.flush();
    }

    private byte[] pass(Head head, byte[] body) throws IOException {
        try (var server = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
            var out = server.getOutputStream();
            var text = head.text().replaceAll("(?i)\r\nconnection: [^\r]*", "");
            out.write((text.substring(0, text.length() - 2) + "Connection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            var answer = new ByteArrayOutputStream();
            server.getInputStream().transferTo(answer);
            return answer.toByteArray();
        }
    }

    /** Closing sends a reset in place of a proper end. */
    private static void reset(Socket client) throws IOException {
        client.setSoLinger(true, 0);
        client.close();
    }

    static String now() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
