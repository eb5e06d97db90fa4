package rok.gateway;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.JettyConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import rok.format.StoreException;
import rok.names.NameException;

/**
 * The web page and its REST API over one store, on this machine's loopback addresses. Answers from {@link #start} on
 * until it is closed; requests under way are finished, for a few seconds.
 */
public final class Gateway implements AutoCloseable {
    /** Where the page is looked for: bookmarks stay good. */
    public static final int PORT = 8420;

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    /** Browsers keep connections open that nothing comes through any more. */
    private static final Duration IDLE_AT_END = Duration.ofMillis(100);

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int HEADER_BYTES_MAX = 16 << 10;
    /** The platform threads of the server itself; requests run on virtual ones. */
    private static final int THREADS_MAX = 24;

    private final Javalin javalin;
    private final int port;

    private Gateway(Javalin javalin, int port) {
        this.javalin = javalin;
        this.port = port;
    }

    /**
     * Starts to answer.
     *
     * @param port 0 for any free one
     * @param page the folder of the built page; without it there is only the API
     * @throws PortTaken when another program has the port
     */
    public static Gateway start(Library library, int port, Optional<Path> page) throws IOException {
        var listeners = Listeners.bind(port);
        try {
            var files = PageFiles.read(page);
            var javalin = Javalin.create(config -> {
                configure(config);
                jetty(config.jetty, listeners);
                config.routes.before(Guard::check);
                new Routes(library, files).add(config.routes);
                failures(config);
            });
            return new Gateway(javalin.start(), listeners.port());
        } catch (RuntimeException e) {
            for (var channel : listeners.channels()) {
                channel.close();
            }
            throw e;
        }
    }

    public int port() {
        return port;
    }

    /** Where people find the page. */
    public String url() {
        return "http://localhost:%d/rok/buckets".formatted(port);
    }

    @Override
    public void close() {
        javalin.stop();
    }

    private static void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = true;
        config.http.maxRequestSize = 1 << 10;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.router.treatMultipleSlashesAsSingleSlash = false;
    }

    private static void jetty(JettyConfig jetty, Listeners listeners) {
        var pool = new QueuedThreadPool(THREADS_MAX, 4);
        pool.setName("gateway");
        pool.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        jetty.threadPool = pool;
        jetty.modifyServer(server -> {
            server.setStopTimeout(GRACE.toMillis());
            server.setErrorHandler(Gateway::beforeRouting);
        });
        jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setRequestHeaderSize(HEADER_BYTES_MAX);
            http.setIdleTimeout(IDLE.toMillis());
            // A name may hold a percent sign; a slash in disguise may not come in.
            http.setUriCompliance(UriCompliance.DEFAULT.with("names", UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
        });
        for (var channel : listeners.channels()) {
            jetty.addConnector((server, http) -> connector(server, http, channel));
        }
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, ServerSocketChannel channel) {
        var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setIdleTimeout(IDLE.toMillis());
        connector.setShutdownIdleTimeout(IDLE_AT_END.toMillis());
        try {
            connector.open(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return connector;
    }

    private static void failures(JavalinConfig config) {
        config.routes
                .exception(Problem.Refused.class, (e, context) -> e.problem().send(context))
                .exception(StoreException.class, (e, context) -> Problem.of(e).send(context))
                .exception(
                        NameException.class,
                        (e, context) -> Problem.usage(said(e)).problem().send(context))
                .exception(ByteRange.Unsatisfiable.class, Gateway::unsatisfiable)
                .exception(HttpResponseException.class, Gateway::refusedByJavalin)
                .exception(Exception.class, Gateway::ourFault);
    }

    private static void unsatisfiable(ByteRange.Unsatisfiable e, Context context) {
        context.header("Content-Range", "bytes */%d".formatted(e.length()));
        new Problem("Range not satisfiable", 416, said(e), "usage", null).send(context);
    }

    private static void refusedByJavalin(HttpResponseException e, Context context) {
        var detail = e.getStatus() == 404 ? "There is nothing at %s".formatted(context.path()) : said(e);
        new Problem(
                        e.getStatus() == 404 ? "Not found" : "Refused",
                        e.getStatus(),
                        detail,
                        e.getStatus() == 404 ? "not-found" : "usage",
                        null)
                .send(context);
    }

    private static String said(Exception e) {
        return Objects.requireNonNullElse(e.getMessage(), "No reason was given");
    }

    private static void ourFault(Exception e, Context context) {
        if (context.res().isCommitted()) {
            // Headers promised more bytes than came: the client sees a broken answer, not a short file.
            throw new IllegalStateException("The answer broke off", e);
        }
        LOG.error("{} {} failed", context.method(), context.path(), e);
        new Problem("Failed", 500, "The gateway failed: a fault of rok's", "failed", "The log of rok serve says more.")
                .send(context);
    }

    /** What Jetty refuses before any route is asked: headers too long, paths with disguised separators. */
    private static boolean beforeRouting(Request request, Response response, Callback callback) {
        var status = response.getStatus() >= 400 ? response.getStatus() : 400;
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.TYPE);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
        var problem = new Problem(
                "Refused", status, "The request is not well-formed: look at its path and headers", "usage", null);
        response.write(true, ByteBuffer.wrap(RestJson.bytes(problem)), callback);
        return true;
    }
}
