package rok.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The subcommands by name, in the order in which help shows them. Made only when asked for: start-up counts. */
final class Commands {
    static final Map<String, Supplier<Command>> ALL = all();

    private Commands() {}

    private static Map<String, Supplier<Command>> all() {
        var commands = new LinkedHashMap<String, Supplier<Command>>();
        return commands;
    }
}
