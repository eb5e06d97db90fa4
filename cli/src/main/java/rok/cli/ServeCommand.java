package rok.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rok.api.ErrorDocument.Code;
import rok.gateway.Gateway;
import rok.gateway.Library;
import rok.gateway.PortTaken;

/** {@code rok serve}. */
@Command(description = "Show everything as a page, on this machine only.", sortOptions = false)
final class ServeCommand implements rok.cli.Command {
    private static final int PORT_MAX = 65_535;
    private static final Duration CLEAN_UP_EVERY = Duration.ofSeconds(20);
    /** What the web server tells of itself is of no use to anybody. Held here: loggers nobody holds lose their level. */
    private static final List<Logger> TALKATIVE =
            Stream.of("org.eclipse.jetty", "io.javalin").map(Logger::getLogger).toList();

    @Option(names = "--port", paramLabel = "PORT", description = "Listen there; 0 takes any free port (default: 8420).")
    int port = Gateway.PORT;

    @Mixin
    LimitOptions limits = new LimitOptions();

    @Override
    public int run(Session session) throws Exception {
        session.limit(limits.rates());
        if (port < 0 || port > PORT_MAX) {
            throw new Refusal(Code.USAGE, "There is no port %d".formatted(port), "ports are 1 to 65535, or 0 for any");
        }
        TALKATIVE.forEach(logger -> logger.setLevel(Level.WARNING));
        // What is stored while the page is open must show up in it, the first version included.
        var opened = session.forWriting();
        var library = new Library(
                opened.catalog(),
                opened.repository().reader(),
                opened.forecast(),
                session.home().runs(),
                InstantSource.system());
        var page = Optional.ofNullable(System.getProperty("rok.page")).map(Path::of);
        try (var gateway = Gateway.start(library, port, page)) {
            say(session.output(), gateway);
            while (true) {
                Thread.sleep(CLEAN_UP_EVERY);
                session.cleanUp();
            }
        } catch (PortTaken e) {
            throw new Refusal(
                    Code.FAILED,
                    "Port %d of this machine is taken by another program".formatted(e.port()),
                    "perhaps rok serve runs already; rok serve --port 0 takes a free port");
        } catch (InterruptedException | CancellationException _) {
            // Ctrl-C is how this command ends.
        }
        return 0;
    }

    /** Where a gateway is, as {@code --json} prints it. */
    record Address(String url, int port) {}

    private static void say(Output output, Gateway gateway) {
        if (output.json()) {
            output.document(new Address(gateway.url(), gateway.port()));
        } else {
            output.line(gateway.url());
            output.note("Open it in a browser on this machine. Ctrl-C ends it.");
        }
        output.flush();
    }
}
