package rok.gateway;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;

/** Answers with the bytes of a stored file: whole or a range, in a sandbox, in bounded memory. */
final class StoredBytes {
    private static final int BUFFER_BYTES = 64 << 10;

    private StoredBytes() {}

    static void send(Context context, String name, Content content, ContentInput in) throws IOException {
        var tag = "\"%s-%x\"".formatted(content.root(), content.length());
        context.header("Content-Security-Policy", Guard.STORED_POLICY)
                .header("Cache-Control", "private, no-cache")
                .header("Accept-Ranges", "bytes")
                .header("ETag", tag);
        if (tag.equals(context.header("If-None-Match"))) {
            context.status(304);
            return;
        }
        // Read before anything is promised: damage at the start is still answered in words.
        var sample = in.readNBytes((int) Math.min(ContentKind.SAMPLE_BYTES, content.length()));
        var kind = ContentKind.of(name, sample, sample.length == content.length());
        var range = range(context, tag, content.length());
        var saved = "1".equals(context.queryParam("download")) || kind.kind().equals("binary");
        context.contentType(kind.type())
                .header("X-Rok-Kind", kind.kind())
                .header("Content-Disposition", (saved ? "attachment" : "inline") + filename(name));
        range.ifPresent(r -> context.status(206).header("Content-Range", r.contentRange()));
        var first = range.map(ByteRange::first).orElse(0L);
        var count = range.map(ByteRange::count).orElse(content.length());
        context.res().setContentLengthLong(count);
        if (!context.method().equals(HandlerType.HEAD)) {
            in.seek(first);
            copy(context, in, count);
        }
    }

    private static Optional<ByteRange> range(Context context, String tag, long length) {
        var condition = context.header("If-Range");
        return condition == null || condition.equals(tag)
                ? ByteRange.parse(context.header("Range"), length)
                : Optional.empty();
    }

    private static void copy(Context context, ContentInput in, long count) throws IOException {
        var out = context.res().getOutputStream();
        var buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, count))];
        for (var left = count; left > 0; ) {
            var read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("The content ended %d bytes early".formatted(left));
            }
            out.write(buffer, 0, read);
            left -= read;
        }
        out.flush();
    }

    /** The name twice: for old clients in ASCII, for all others in full (RFC 6266). Nothing in it can end the header. */
    private static String filename(@Nullable String name) {
        var text = name == null || name.isBlank() ? "file" : name;
        var plain = text.replaceAll("[^A-Za-z0-9._ -]", "_");
        var full = new StringBuilder();
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            var c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '-'
                    || c == '_') {
                full.append(c);
            } else {
                full.append("%%%02X".formatted((int) c));
            }
        }
        return "; filename=\"%s\"; filename*=UTF-8''%s".formatted(plain, full);
    }
}
