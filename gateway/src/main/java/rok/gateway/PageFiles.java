package rok.gateway;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The built page (ui/dist), read once into memory. Any address of the page that is no file of it is the page itself. */
final class PageFiles {
    /** Far above what the page has; a folder beyond it is some other one. */
    private static final int FILES_MAX = 500;

    private static final long BYTES_MAX = 32L << 20;
    private static final String INDEX = "index.html";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "json", "application/json",
            "woff2", "font/woff2");

    private final Map<String, PageFile> files;

    private PageFiles(Map<String, PageFile> files) {
        this.files = files;
    }

    private static final class PageFile {
        private final byte[] bytes;
        private final byte[] packed;
        private final String type;
        private final String tag;

        PageFile(String name, byte[] bytes) throws IOException {
            this.bytes = bytes;
            this.type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
            this.tag = RestJson.tag(bytes);
            var out = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(out)) {
                gzip.write(bytes);
            }
            this.packed = out.toByteArray();
        }
    }

    /** The page of a folder; without one, addresses of the page say how to build it. */
    static PageFiles read(Optional<Path> folder) {
        var files = new HashMap<String, PageFile>();
        if (folder.isPresent() && Files.isRegularFile(folder.get().resolve(INDEX))) {
            try (var paths = Files.walk(folder.get(), 4)) {
                var total = 0L;
                for (var path :
                        paths.filter(Files::isRegularFile).limit(FILES_MAX).toList()) {
                    total += Files.size(path);
                    if (total > BYTES_MAX) {
                        throw new IllegalArgumentException("%s is no page of rok: it has more than %d MiB"
                                .formatted(folder.get(), BYTES_MAX >> 20));
                    }
                    var name = folder.get().relativize(path).toString();
                    files.put(name, new PageFile(name, Files.readAllBytes(path)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The page in %s can't be read: %s".formatted(folder.get(), e.getMessage()), e);
            }
        }
        return new PageFiles(files);
    }

    boolean isBuilt() {
        return files.containsKey(INDEX);
    }

    /** Answers for an address below {@code /rok/}. */
    void send(Context context, String name) {
        var file = files.get(name);
        if (file == null && (name.startsWith("assets/") || !isBuilt())) {
            throw Problem.missing(
                    isBuilt() ? "The page has no file %s".formatted(name) : "The page is not built",
                    isBuilt()
                            ? "Reload the page: it was built anew."
                            : "Build it (cd ui && npm ci && npm run build), or use the REST API under /api/v1.");
        }
        send(context, file == null ? INDEX : name, file == null ? files.get(INDEX) : file);
    }

    private static void send(Context context, String name, @Nullable PageFile file) {
        if (file == null) {
            throw new IllegalStateException("The page lost its " + INDEX);
        }
        // A sandboxed document has an opaque origin: to it, even its own script is another site's.
        var framed = name.startsWith("frame.");
        context.header("Content-Security-Policy", framed ? Guard.FRAME_POLICY : Guard.PAGE_POLICY)
                .header("Cross-Origin-Resource-Policy", framed ? "cross-origin" : "same-origin")
                .header(
                        "Cache-Control",
                        name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache")
                .header("Vary", "Accept-Encoding")
                .header("ETag", file.tag)
                .contentType(file.type);
        if (file.tag.equals(context.header("If-None-Match"))) {
            context.status(304);
            return;
        }
        var accepted = context.header("Accept-Encoding");
        if (accepted != null && accepted.contains("gzip") && file.packed.length < file.bytes.length) {
            context.header("Content-Encoding", "gzip").result(file.packed);
        } else {
            context.result(file.bytes);
        }
    }
}
