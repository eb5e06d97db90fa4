package rok.cli;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import rok.api.ErrorDocument;
import rok.api.ErrorDocument.Code;

/** Where the {@code rok} command starts and ends: finds the subcommand, runs it, and turns what happened into an exit code. */
public final class Main {
    static final String VERSION = "0.1.0";

    /** How long a command may take to clean up after Ctrl-C. */
    private static final long CLEAN_UP_SECONDS = 30;

    static final String HELP = """
            Usage: rok COMMAND [OPTIONS]

            Versions whole data-science environments the way Git versions code.

              run        run a tagged notebook as pipeline, each step between two snapshots
              inspect    show the pipeline that a notebook describes
              snapshot   store one or more folders as a version
              buckets, files, versions, show    list what is stored
              ls, cat, diff                     look inside versions without restoring
              restore    give back a version, a member of it, or some paths
              export, import, copy    as a tar archive, and back; into another store
              rm, gc     delete a version; give back the room that nothing needs any more
              pool, volume, clone     disks of their own, snapshotted while they are used
              serve      show all of it as a page
              init, probe, key    make a store, here or in S3; try a server; its keys
              check, repair, stats, why    prove a store, put it right, look into it
              demo, completion                  show around; completion for bash or zsh

            Examples:
              rok run analysis.ipynb --param epochs=3
              rok snapshot ~/work --to mine/work --title "before the upgrade"
              rok restore mine/work somewhere
            Every command takes --json, --quiet and --help. Everything is in ROK_HOME; the
            store is where ROK_REPOSITORY says, if it does.
            """;

    private Main() {}

    /** Runs a command line; the process ends with its exit code. */
    public static void main(String[] arguments) {
        var main = Thread.currentThread();
        var done = new CountDownLatch(1);
        var ending = new Ending();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            if (ending.interrupted()) {
                main.interrupt();
                await(done);
            }
        }));
        var code = run(arguments);
        done.countDown();
        if (ending.finished()) {
            System.exit(code);
        }
    }

    /** Runs a command line in this process, on its standard streams. */
    static int run(String... arguments) {
        var first = arguments.length == 0 ? "--help" : arguments[0];
        if (first.equals("--version") || first.equals("-V")) {
            System.out.println("rok " + VERSION);
            return 0;
        }
        if (first.equals("--help") || first.equals("-h") || first.equals("help")) {
            System.out.print(HELP);
            return arguments.length == 0 ? Code.USAGE.exit() : 0;
        }
        var json = Arrays.asList(arguments).contains("--json");
        var command = Commands.ALL.get(first);
        return command == null
                ? refuse(json, "There is no command " + first, "rok --help lists the commands")
                : run(first, command.get(), Arrays.copyOfRange(arguments, 1, arguments.length), json);
    }

    /** A command with its options, as picocli sees it. */
    static CommandLine commandLine(String name, Command command, GlobalOptions options) {
        return new CommandLine(command).setCommandName("rok " + name).addMixin("global", options);
    }

    private static int run(String name, Command command, String[] arguments, boolean json) {
        var options = new GlobalOptions();
        var line = commandLine(name, command, options);
        try {
            line.parseArgs(arguments);
        } catch (ParameterException e) {
            return refuse(
                    json, Objects.requireNonNullElse(e.getMessage(), "Wrong usage"), "rok %s --help".formatted(name));
        }
        if (options.help) {
            line.usage(System.out);
            return 0;
        }
        var output = Output.standard(options.json, options.quiet);
        var home = Home.of(System.getenv());
        System.setProperty("rok.native", home.nativeCode().toString());
        try (var session =
                new Session(output, home, StoreLocation.of(System.getenv()), new KeySource(System.getenv()))) {
            return command.run(session);
        } catch (Exception | OutOfMemoryError | StackOverflowError e) {
            return fail(output, e);
        }
    }

    private static int fail(Output output, Throwable failure) {
        var document = Thread.interrupted() ? Failures.interrupted() : Failures.of(failure);
        output.error(document);
        if (System.getenv("ROK_DEBUG") != null) {
            failure.printStackTrace();
        }
        return exit(document);
    }

    private static int refuse(boolean json, String message, String hint) {
        var document = ErrorDocument.of(Code.USAGE, message, hint);
        var output = Output.standard(json, false);
        output.error(document);
        output.flush();
        return exit(document);
    }

    private static int exit(ErrorDocument document) {
        for (var code : Code.values()) {
            if (code.text().equals(document.error().code())) {
                return code.exit();
            }
        }
        return Code.FAILED.exit();
    }

    private static void await(CountDownLatch done) {
        try {
            var _ = done.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who came first: the command's end, or a signal. After a signal the JVM ends with the signal's exit code. */
    private static final class Ending {
        private @Nullable Boolean byItself;

        synchronized boolean finished() {
            if (byItself == null) {
                byItself = true;
            }
            return byItself;
        }

        synchronized boolean interrupted() {
            if (byItself == null) {
                byItself = false;
            }
            return !byItself;
        }
    }
}
