package rok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.object.FolderObjectStore;
import rok.object.ObjectStore;
import rok.object.Probe;

/** {@code rok probe LOCATION}. */
@Command(
        description = "Try what a folder or an S3 server really does, and whether it can hold a store.",
        footer = {
            "",
            "It writes, races and deletes below probe/ in the location, and leaves nothing",
            "there.",
            "Example: rok probe 's3://bucket/prefix?endpoint=https://s3.example.org'"
        },
        sortOptions = false)
final class ProbeCommand implements rok.cli.Command {
    @Parameters(paramLabel = "LOCATION", description = "A folder, or s3://BUCKET/PREFIX?endpoint=URL")
    String location = "";

    /** A finding, as {@code --json} prints it. */
    record Finding(String name, String asked, String seen, String result) {
        static List<Finding> of(List<Probe.Check> checks) {
            return checks.stream()
                    .map(check -> new Finding(
                            check.name(),
                            check.asked(),
                            check.seen(),
                            check.result().name().toLowerCase(Locale.ROOT)))
                    .toList();
        }
    }

    /** What {@code --json} prints. */
    record Findings(String location, boolean usable, List<Finding> checks) {}

    @Override
    public int run(Session session) {
        var place = StoreLocation.parse(location);
        var absent = absent(place);
        try (var limits = session.limits();
                var store = place.open(limits)) {
            var checks = probe(store);
            var refusal = Probe.refusal(checks);
            if (session.output().json()) {
                session.output().document(new Findings(place.toString(), refusal.isEmpty(), Finding.of(checks)));
            } else {
                print(session.output(), checks);
                session.output()
                        .note(
                                refusal.isEmpty()
                                        ? "%s can hold a store".formatted(store)
                                        : "%s cannot hold a store: %s".formatted(store, refusal));
            }
            return refusal.isEmpty() ? 0 : Code.FAILED.exit();
        } finally {
            remove(absent);
        }
    }

    /** What a store in a folder makes besides its objects and is not there yet, innermost first. */
    private static List<Path> absent(StoreLocation place) {
        return place instanceof StoreLocation.InFolder(var folder)
                ? Stream.concat(
                                FolderObjectStore.scaffold(folder).stream(),
                                Stream.iterate(folder, Objects::nonNull, Path::getParent))
                        .filter(path -> Files.notExists(path, LinkOption.NOFOLLOW_LINKS))
                        .toList()
                : List.of();
    }

    private static void remove(List<Path> made) {
        try {
            for (var path : made) {
                Files.deleteIfExists(path);
            }
        } catch (IOException _) {
            return; // Somebody uses it meanwhile
        }
    }

    static List<Probe.Check> probe(ObjectStore store) {
        return new Probe(store, new SecureRandom(), System::nanoTime).run();
    }

    private static void print(Output output, List<Probe.Check> checks) {
        output.table(
                List.of("CHECK", "RESULT", "ASKED", "SEEN"),
                checks.stream()
                        .map(check -> List.of(
                                check.name(),
                                check.result().name().toLowerCase(Locale.ROOT),
                                check.asked(),
                                check.seen()))
                        .toList());
    }
}
