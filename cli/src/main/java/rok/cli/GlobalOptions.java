package rok.cli;

import picocli.CommandLine.Option;

/** The options that every command takes. */
final class GlobalOptions {
    @Option(names = "--json", description = "Print one JSON document (docs/reference/json.md).")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no notes; results and errors only.")
    boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
