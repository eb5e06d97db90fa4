package rok.cli;

/** A subcommand: its fields are picocli's options and parameters, filled before {@link #run}. */
@FunctionalInterface
interface Command {
    /** Does it and gives the exit code; a failure is thrown. An interrupt of the thread means Ctrl-C. */
    int run(Session session) throws Exception;
}
