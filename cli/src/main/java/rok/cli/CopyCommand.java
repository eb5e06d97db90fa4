package rok.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.Copy;
import rok.api.ErrorDocument.Code;
import rok.api.Items;
import rok.catalog.Found;

/** {@code rok copy VERSION... LOCATION}. */
@Command(
        description = "Copy versions into another store, a folder or in S3; what is there already is not moved.",
        footer = {
            "",
            "Each gets a new id there, under the same bucket and file. The other store is",
            "made by rok init. It opens by --key-file or --passphrase-file, else as this one",
            "does. Interrupted, run it again: it goes on.",
            "Example: rok copy mine/work 's3://bucket/rok?endpoint=https://s3.example.org'"
        },
        sortOptions = false)
final class CopyCommand implements rok.cli.Command {
    @Parameters(
            paramLabel = "VERSION... LOCATION",
            hideParamSyntax = true,
            arity = "2..*",
            description = "Which ones, and where to: see rok show --help and rok init --help.")
    List<String> words = new ArrayList<>();

    @Option(names = "--key-file", paramLabel = "FILE", description = "Opens the other store.")
    @Nullable
    String keyFile;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Its first line is a passphrase that opens the other store.")
    @Nullable
    String passphraseFile;

    @Option(
            names = "--in-the-open",
            description = "The other store is not encrypted, though this one is: all may read the copy who read there.")
    boolean inTheOpen;

    @Mixin
    LimitOptions limits = new LimitOptions();

    /** One copy, as {@code --json} prints it. */
    record Copied(String url, String from, String location, boolean created, long moved, long stored) {}

    @Override
    public int run(Session session) {
        session.limit(limits.rates());
        var output = session.output();
        var location = words.getLast();
        var versions = new ArrayList<Found>();
        for (var text : words.subList(0, words.size() - 1)) {
            var found = session.resolve(text);
            if (found.member().isPresent()) {
                throw new Refusal(
                        Code.USAGE,
                        "'%s' is one member of the group %s, which is copied as a whole"
                                .formatted(text, found.version().url()),
                        "rok copy '%s' LOCATION".formatted(found.version().url()));
            }
            versions.add(found);
        }
        var done = new ArrayList<Copied>();
        try (var other = new Session(output, session.home(), Optional.of(location), keys(session))) {
            other.limit(limits.rates());
            requireFit(session, other, location);
            var copy = new Copy(session.repository(), session.catalog(), other.repository(), other.catalog());
            for (var found : versions) {
                var version = found.version();
                var total = version.size().logical();
                var outcome = copy.copy(
                        version,
                        status -> output.progress()
                                .bytes(
                                        "copying",
                                        () -> Sizes.count(status.files(), "file", "files"),
                                        status.bytes(),
                                        total));
                var copied = copied(version.url().toString(), location, outcome);
                done.add(copied);
                output.note(tell(copied));
                if (!output.json()) {
                    output.line(copied.url());
                }
            }
        }
        if (output.json()) {
            output.document(Items.of(done));
        }
        return 0;
    }

    private static Copied copied(String from, String location, Copy.Outcome outcome) {
        var size = outcome.version().size();
        return new Copied(
                outcome.version().url().toString(),
                from,
                location,
                outcome.isNew(),
                outcome.isNew() ? size.fresh() : 0,
                outcome.isNew() ? size.stored() : 0);
    }

    private static String tell(Copied copied) {
        return copied.created()
                ? "copied %s: %s were not there".formatted(copied.from(), Sizes.bytes(copied.moved()))
                : "%s is there already".formatted(copied.from());
    }

    private void requireFit(Session session, Session other, String location) {
        if (session.repository().id().equals(other.repository().id())) {
            throw new Refusal(Code.USAGE, "%s is the same store".formatted(location), "name another one");
        }
        if (session.repository().keys().isPresent() && other.repository().keys().isEmpty() && !inTheOpen) {
            throw new Refusal(
                    Code.FAILED,
                    "%s is not encrypted, and this store is".formatted(location),
                    "--in-the-open copies all the same; rok init LOCATION --encrypt makes one that is");
        }
    }

    /** How the other store is opened. */
    private KeySource keys(Session session) {
        if (keyFile != null && passphraseFile != null) {
            throw new Refusal(
                    Code.USAGE, "A store opens by a key file or by a passphrase, not by both", "rok copy --help");
        }
        if (inTheOpen && (keyFile != null || passphraseFile != null)) {
            throw new Refusal(Code.USAGE, "A store in the open has no key", "leave out one of the options");
        }
        var environment = new HashMap<>(System.getenv());
        var isItsOwn = keyFile != null || passphraseFile != null;
        if (isItsOwn || session.repository().keys().isEmpty()) {
            environment.keySet().removeAll(List.of(KeySource.KEY_FILE, KeySource.PASSPHRASE_FILE));
        }
        put(environment, KeySource.KEY_FILE, keyFile);
        put(environment, KeySource.PASSPHRASE_FILE, passphraseFile);
        var source = new KeySource(environment);
        if (!isItsOwn) {
            // This store's key, tried on the other one: whether that may be in the open is asked below
            source.mayBeOfNoUse();
        }
        return source;
    }

    private static void put(Map<String, String> environment, String name, @Nullable String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }
}
