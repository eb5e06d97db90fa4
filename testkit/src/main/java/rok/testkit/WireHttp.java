package rok.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/** As much of HTTP/1.1 as a server of S3 for tests needs: bodies have a length, and nothing comes in chunks. */
final class WireHttp {
    private static final int HEAD_BYTES_MAX = 64 << 10;

    private WireHttp() {}

    /** Serves each connection on a thread of its own, until the server is closed. */
    static void accept(ServerSocket server, ExecutorService threads, Consumer<Socket> serve) {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                var _ = threads.submit(() -> serve.accept(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    /**
     * A request or an answer without its body.
     *
     * @param start the first line
     * @param text all of it, with the empty line
     * @param fields by name in lower case
     */
    record Head(String start, String text, TreeMap<String, String> fields) {
        int length() {
            return Integer.parseInt(fields.getOrDefault("content-length", "0"));
        }

        String word(int index) {
            return start.split(" ", -1)[index];
        }
    }

    /** Reads up to the empty line; empty where the connection ends before it begins. */
    static Optional<Head> head(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var last = 0;
        while ((last & 0xffff_ffff) != 0x0d0a_0d0a) {
            var next = in.read();
            if (next < 0) {
                if (bytes.size() == 0) {
                    return Optional.empty();
                }
                throw new EOFException("the head is cut off");
            }
            if (bytes.size() == HEAD_BYTES_MAX) {
                throw new IOException("the head is too long");
            }
            bytes.write(next);
            last = last << 8 | next;
        }
        var text = bytes.toString(StandardCharsets.ISO_8859_1);
        var lines = text.split("\r\n", -1);
        var fields = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (var i = 1; !lines[i].isEmpty(); i++) {
            var colon = lines[i].indexOf(':');
            fields.put(
                    lines[i].substring(0, colon), lines[i].substring(colon + 1).trim());
        }
        return Optional.of(new Head(lines[0], text, fields));
    }

    /** The answer that S3 gives to a request that it does not carry out. */
    static byte[] error(int status, String code, String date) {
        var bytes =
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>The test says so</Message>"
                                + "<RequestId>TEST</RequestId></Error>")
                        .formatted(code);
        return "HTTP/1.1 %d Test\r\nDate: %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                .formatted(status, date, bytes.length(), bytes)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
