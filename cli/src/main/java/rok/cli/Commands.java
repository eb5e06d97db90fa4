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
        commands.put("run", RunCommand::new);
        commands.put("inspect", InspectCommand::new);
        commands.put("snapshot", SnapshotCommand::new);
        commands.put("buckets", BucketsCommand::new);
        commands.put("files", FilesCommand::new);
        commands.put("versions", VersionsCommand::new);
        commands.put("show", ShowCommand::new);
        commands.put("ls", LsCommand::new);
        commands.put("cat", CatCommand::new);
        commands.put("diff", DiffCommand::new);
        commands.put("restore", RestoreCommand::new);
        commands.put("export", ExportCommand::new);
        commands.put("import", ImportCommand::new);
        commands.put("copy", CopyCommand::new);
        commands.put("rm", RmCommand::new);
        commands.put("gc", GcCommand::new);
        commands.put("pool", PoolCommand::new);
        commands.put("volume", VolumeCommand::new);
        commands.put("clone", CloneCommand::new);
        commands.put("demo", DemoCommand::new);
        commands.put("serve", ServeCommand::new);
        commands.put("init", InitCommand::new);
        commands.put("probe", ProbeCommand::new);
        commands.put("key", KeyCommand::new);
        commands.put("check", CheckCommand::new);
        commands.put("repair", RepairCommand::new);
        commands.put("stats", StatsCommand::new);
        commands.put("why", WhyCommand::new);
        commands.put("completion", CompletionCommand::new);
        commands.put("__complete", CompleteCommand::new);
        return commands;
    }
}
