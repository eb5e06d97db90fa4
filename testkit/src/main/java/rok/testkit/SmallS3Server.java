package rok.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import rok.testkit.WireHttp.Head;

/**
 * A small S3 of our own, for what the real servers do not do: it ignores conditional writes, as some servers do, or has
 * another time. Objects of one bucket, in memory; no parts, no signatures. Close it.
 */
public final class SmallS3Server implements AutoCloseable {
    private static final DateTimeFormatter SIGNED =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX").withZone(ZoneOffset.UTC);
    private static final Duration SKEW_MAX = Duration.ofMinutes(15);

    private final ServerSocket server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private final Map<String, String> nonces = new HashMap<>();
    private final boolean conditional;
    private final Duration clockAhead;

    /**
     * Listens on a free port.
     *
     * @param conditional whether it honours conditional writes
     * @param clockAhead of this machine's
     */
    public SmallS3Server(boolean conditional, Duration clockAhead) throws IOException {
        this.conditional = conditional;
        this.clockAhead = clockAhead;
        var _ = threads.submit(() -> WireHttp.accept(server, threads, this::serve));
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Prints its port; runs until it is ended. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.out.println(new SmallS3Server(true, Duration.ZERO).port());
        Thread.currentThread().join();
    }

    private void serve(Socket client) {
        try (client) {
            var head = WireHttp.head(client.getInputStream());
            if (head.isPresent()) {
                var body = client.getInputStream().readNBytes(head.get().length());
                client.getOutputStream().write(answer(head.get(), body));
                client.getOutputStream().flush();
            }
        } catch (IOException e) {
            // The client has gone.
            return;
        }
    }

    private String date() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plus(clockAhead).atZone(ZoneOffset.UTC));
    }

    private synchronized byte[] answer(Head head, byte[] body) {
        var signed = Instant.from(SIGNED.parse(head.fields().getOrDefault("x-amz-date", "20000101T000000Z")));
        if (Duration.between(signed, Instant.now().plus(clockAhead)).abs().compareTo(SKEW_MAX) > 0) {
            return WireHttp.error(403, "RequestTimeTooSkewed", date());
        }
        var target = head.word(1).split("\\?", 2);
        var path = URLDecoder.decode(target[0].replace("+", "%2B"), StandardCharsets.UTF_8)
                .split("/", 3);
        var key = path.length < 3 ? "" : path[2];
        if (key.isEmpty()) {
            return list(query(target.length < 2 ? "" : target[1]));
        }
        return switch (head.word(0)) {
            case "PUT" -> put(key, head, body);
            case "GET", "HEAD" -> get(key, head);
            case "DELETE" -> {
                objects.remove(key);
                yield ok(204, "", new byte[0], 0);
            }
            default -> WireHttp.error(501, "NotImplemented", date());
        };
    }

    private byte[] put(String key, Head head, byte[] body) {
        var present = objects.get(key);
        var absent = head.fields().get("if-none-match");
        var matches = head.fields().get("if-match");
        if (conditional
                && ((absent != null && present != null)
                        || (matches != null && (present == null || !matches.equals(tag(present)))))) {
            return WireHttp.error(412, "PreconditionFailed", date());
        }
        objects.put(key, body);
        nonces.put(key, head.fields().getOrDefault("x-amz-meta-rok-nonce", ""));
        return ok(200, "ETag: %s\r\n".formatted(tag(body)), new byte[0], 0);
    }

    private byte[] get(String key, Head head) {
        var content = objects.get(key);
        if (content == null) {
            return WireHttp.error(404, "NoSuchKey", date());
        }
        var fields = "ETag: %s\r\nx-amz-meta-rok-nonce: %s\r\n".formatted(tag(content), nonces.get(key));
        var range = head.fields().get("range");
        if (range == null) {
            return ok(200, fields, head.word(0).equals("HEAD") ? new byte[0] : content, content.length);
        }
        var ends = range.substring("bytes=".length()).split("-", -1);
        var first = Long.parseLong(ends[0]);
        if (first >= content.length) {
            return WireHttp.error(416, "InvalidRange", date());
        }
        var last = Math.min(content.length - 1L, ends[1].isEmpty() ? Long.MAX_VALUE : Long.parseLong(ends[1]));
        var part = Arrays.copyOfRange(content, (int) first, (int) last + 1);
        return ok(
                206,
                fields + "Content-Range: bytes %d-%d/%d\r\n".formatted(first, last, content.length),
                part,
                part.length);
    }

    private byte[] list(Map<String, String> query) {
        var prefix = query.getOrDefault("prefix", "");
        var delimiter = query.getOrDefault("delimiter", "");
        var xml = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
        var groups = new TreeSet<String>();
        for (var entry : objects.tailMap(prefix).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            var end = delimiter.isEmpty() ? -1 : entry.getKey().indexOf(delimiter, prefix.length());
            if (end >= 0) {
                groups.add(entry.getKey().substring(0, end + 1));
            } else {
                xml.append("<Contents><Key>%s</Key><Size>%d</Size></Contents>"
                        .formatted(entry.getKey(), entry.getValue().length));
            }
        }
        groups.forEach(group -> xml.append("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>".formatted(group)));
        var bytes = xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8);
        return ok(200, "Content-Type: application/xml\r\n", bytes, bytes.length);
    }

    private static Map<String, String> query(String text) {
        var found = new HashMap<String, String>();
        for (var pair : text.split("&", -1)) {
            var parts = pair.split("=", 2);
            found.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return found;
    }

    private static String tag(byte[] content) {
        return "\"%08x-%d\"".formatted(Arrays.hashCode(content), content.length);
    }

    private byte[] ok(int status, String fields, byte[] body, int length) {
        var head = "HTTP/1.1 %d OK\r\nDate: %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n"
                .formatted(status, date(), fields, length)
                .getBytes(StandardCharsets.ISO_8859_1);
        var all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
