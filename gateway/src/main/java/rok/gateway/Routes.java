package rok.gateway;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.VersionId;

/** The addresses: those of docs/reference/openapi.yaml below {@code /api/v1}, and the page's below {@code /rok}. */
final class Routes {
    private static final String API = "/api/v1";
    private static final String VERSION = API + "/buckets/{bucket}/files/{file}/versions/{version}";
    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MAX = 1000;
    private static final int SEARCH_MAX = 200;
    /** Reads of the store at one time; each holds a chunk or two. */
    private static final int READS_MAX = 48;

    private static final int WAIT_SECONDS = 10;

    private final Library library;
    private final Runs runs;
    private final PageFiles page;
    private final Semaphore reads = new Semaphore(READS_MAX);

    Routes(Library library, PageFiles page) {
        this.library = library;
        this.runs = library.runs();
        this.page = page;
    }

    void add(RoutesConfig routes) {
        routes.get("/", context -> context.redirect("/rok/buckets", HttpStatus.FOUND));
        routes.get("/rok", context -> context.redirect("/rok/buckets", HttpStatus.FOUND));
        routes.get(
                "/_/rok/<rest>",
                context -> context.redirect(context.req().getRequestURI().substring(2), HttpStatus.FOUND));
        Handler file = context -> page.send(context, context.pathParam("rest"));
        routes.get("/rok/<rest>", file);
        routes.head("/rok/<rest>", file);
        read(routes, API + "/health", context -> RestJson.send(context, Map.of("status", library.health())));
        read(
                routes,
                API + "/buckets",
                context -> RestJson.send(context, library.buckets(search(context), cursor(context), limit(context))));
        read(routes, API + "/buckets/{bucket}", context -> RestJson.send(context, library.bucket(bucket(context))));
        read(
                routes,
                API + "/buckets/{bucket}/files",
                context -> RestJson.send(
                        context, library.files(bucket(context), search(context), cursor(context), limit(context))));
        read(
                routes,
                API + "/buckets/{bucket}/files/{file}",
                context -> RestJson.send(context, library.file(bucket(context), file(context))));
        read(
                routes,
                API + "/buckets/{bucket}/files/{file}/versions",
                context -> RestJson.send(
                        context, library.versions(bucket(context), file(context), cursor(context), limit(context))));
        read(
                routes,
                API + "/runs",
                context -> RestJson.send(context, runs.list(Optional.empty(), cursor(context), limit(context))));
        read(
                routes,
                API + "/buckets/{bucket}/runs",
                context -> RestJson.send(
                        context, runs.list(Optional.of(bucket(context)), cursor(context), limit(context))));
        read(
                routes,
                API + "/buckets/{bucket}/runs/{file}",
                context -> RestJson.send(context, runs.one(bucket(context), file(context))));
        read(routes, API + "/tasks", context -> RestJson.send(context, library.tasks()));
        read(
                routes,
                VERSION,
                context -> RestJson.send(context, library.version(bucket(context), file(context), version(context))));
        read(
                routes,
                VERSION + "/freed",
                context -> RestJson.send(context, library.freed(bucket(context), file(context), version(context))));
        inside(routes);
        routes.get("/api/<rest>", context -> {
            throw Problem.missing(
                    "There is nothing at %s".formatted(context.path()),
                    "docs/reference/openapi.yaml lists what there is.");
        });
    }

    private void inside(RoutesConfig routes) {
        for (var place : new String[] {VERSION + "/members/{member}", VERSION + "/attachments"}) {
            read(routes, place + "/tree", context -> {
                var path = RawQuery.bytes(context.queryString(), "path");
                RestJson.send(context, place(context).list(path, cursor(context), limit(context)));
            });
            read(routes, place + "/content", context -> {
                var path = RawQuery.bytes(context.queryString(), "path");
                place(context).send(context, path);
            });
        }
    }

    private Folder place(Context context) {
        var version = library.stored(bucket(context), file(context), version(context));
        var member = context.pathParamMap().get("member");
        return member == null ? library.attachments(version) : library.member(version, member);
    }

    private void read(RoutesConfig routes, String path, Handler handler) {
        Handler bounded = context -> {
            if (!reads.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new Problem.Refused(new Problem(
                        "Busy", 503, "Too many requests at one time", "unavailable", "Try again in a moment."));
            }
            try {
                handler.handle(context);
            } finally {
                reads.release();
            }
        };
        routes.get(path, bounded);
        routes.head(path, bounded);
    }

    private static BucketName bucket(Context context) {
        return new BucketName(context.pathParam("bucket"));
    }

    private static FileName file(Context context) {
        return new FileName(context.pathParam("file"));
    }

    private static VersionId version(Context context) {
        return new VersionId(context.pathParam("version"));
    }

    private static Optional<String> cursor(Context context) {
        return Optional.ofNullable(context.queryParam("cursor")).filter(text -> !text.isEmpty());
    }

    private static String search(Context context) {
        var text = Optional.ofNullable(context.queryParam("q")).orElse("");
        if (text.length() > SEARCH_MAX) {
            throw Problem.usage("A search has at most %d characters".formatted(SEARCH_MAX));
        }
        return text;
    }

    private static int limit(Context context) {
        var text = context.queryParam("limit");
        if (text == null) {
            return LIMIT_DEFAULT;
        }
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > LIMIT_MAX) {
            throw Problem.usage("limit is a number from 1 to %d".formatted(LIMIT_MAX));
        }
        return Integer.parseInt(text);
    }
}
