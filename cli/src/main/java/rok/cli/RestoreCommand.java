package rok.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.FilesInTheWay;
import rok.agent.Restorer;
import rok.agent.StatCaches;
import rok.api.ErrorDocument.Code;
import rok.api.RestoreDocument;
import rok.catalog.Found;
import rok.linux.Errno;
import rok.linux.LinuxException;
import rok.snapshot.ByteString;
import rok.volume.Existing;

/** {@code rok restore VERSION DIR [PATH...]}. */
@Command(
        description = "Give back a version, a member of it, or some paths.",
        footer = {
            "",
            "A version of one volume goes right into DIR; each member of a group into a",
            "folder of its name there. Paths are as rok ls shows them, and keep their place",
            "below DIR. Files that exist are never touched unless --overwrite or --delete",
            "says so."
        },
        sortOptions = false)
final class RestoreCommand implements rok.cli.Command {
    @Parameters(index = "0", paramLabel = "VERSION", description = "Which one: see rok show --help.")
    String version = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "Where to; is made if it is not there.")
    Path folder = Path.of("");

    @Parameters(index = "2..*", arity = "0..*", paramLabel = "PATH", description = "Only these files and folders.")
    List<String> paths = new ArrayList<>();

    @ArgGroup
    Policy policy = new Policy();

    /** What to do with files that are there already. */
    static final class Policy {
        @Option(names = "--overwrite", description = "Replace files that are in the way; others stay.")
        boolean overwrite;

        @Option(names = "--delete", description = "Make an exact copy: also remove what the version has not.")
        boolean delete;
    }

    @Mixin
    LimitOptions limits = new LimitOptions();

    @Override
    public int run(Session session) {
        session.limit(limits.rates());
        if (policy.delete && !paths.isEmpty()) {
            throw new Refusal(
                    Code.USAGE,
                    "--delete makes an exact copy of all, and can't be used with some paths",
                    "use --overwrite, or leave the paths out");
        }
        var found = session.resolve(version);
        var members = LsCommand.members(found);
        var restorer = new Restorer(
                session.repository().reader(),
                session.catalog(),
                new StatCaches(session.home().cache(), session.repository()));
        var wanted = paths.stream().map(ByteString::utf8).toList();
        var missing = restorer.missing(members, wanted);
        if (!missing.isEmpty()) {
            throw new Refusal(
                    Code.NOT_FOUND,
                    "There is no %s in %s".formatted(missing.getFirst(), found.url()),
                    "rok ls %s shows what there is".formatted(version));
        }
        return report(session.output(), found, restore(session.output(), restorer, found, wanted));
    }

    private Restorer.Outcome restore(Output output, Restorer restorer, Found found, List<ByteString> wanted) {
        var existing = policy.delete ? Existing.EXACT : policy.overwrite ? Existing.OVERWRITE : Existing.REFUSE;
        try {
            return restorer.restore(
                    found.version(),
                    LsCommand.members(found),
                    folder,
                    wanted,
                    existing,
                    status -> output.progress()
                            .bytes(
                                    "restoring",
                                    () -> Sizes.count(status.files(), "file", "files"),
                                    status.bytes(),
                                    wanted.isEmpty() ? status.bytesTotal() : 0));
        } catch (FilesInTheWay e) {
            throw refusal(e.getMessage());
        } catch (LinuxException e) {
            // Somebody else made it while this ran.
            throw e.errno() == Errno.EEXIST
                    ? refusal("%s: a file of the version exists there by now: %s".formatted(folder, e.getMessage()))
                    : e;
        }
    }

    private static RuntimeException refusal(@Nullable String message) {
        return new Refusal(
                Code.FAILED,
                String.valueOf(message),
                "restore into an empty folder, or use --overwrite (replace such files) or --delete (exact copy)");
    }

    private int report(Output output, Found found, Restorer.Outcome outcome) {
        if (output.json()) {
            output.document(new RestoreDocument(
                    found.url().toString(),
                    folder.toAbsolutePath().normalize().toString(),
                    outcome.files(),
                    outcome.bytes(),
                    outcome.kept(),
                    outcome.damaged(),
                    outcome.warnings()));
        } else {
            outcome.warnings().forEach(output::warning);
            outcome.damaged().forEach(damage -> output.warning("damaged, not restored: " + damage));
            output.note("%s, %s restored to %s%s"
                    .formatted(
                            Sizes.count(outcome.files(), "file", "files"),
                            Sizes.bytes(outcome.bytes()),
                            folder,
                            outcome.kept() == 0 ? "" : " (%,d were there already)".formatted(outcome.kept())));
        }
        return outcome.damaged().isEmpty() ? 0 : Code.DAMAGED.exit();
    }
}
