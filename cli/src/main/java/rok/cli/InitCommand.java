package rok.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.cipher.Share;
import rok.object.ObjectStore;
import rok.object.Probe;
import rok.repository.Repository;

/** {@code rok init LOCATION}. */
@Command(
        description = "Make a store in an empty folder or in S3; one that is there already stays as it is.",
        footer = {
            "",
            "A server is tried first, and refused with the reason if versions could get lost",
            "on it. Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a",
            "profile, or the machine.",
            "--encrypt: the store opens by --key-file, else by the file that ROK_KEY_FILE or",
            "ROK_PASSPHRASE_FILE names, else by a passphrase that is asked for. Who loses it",
            "loses everything in the store. Every other command is told by those variables,",
            "or asks.",
            "Example: rok init 's3://bucket/rok?endpoint=https://s3.example'",
            "         export ROK_REPOSITORY='s3://bucket/rok?endpoint=https://s3.example'"
        },
        sortOptions = false)
final class InitCommand implements rok.cli.Command {
    @Parameters(
            paramLabel = "LOCATION",
            description =
                    "A folder, or s3://BUCKET/PREFIX with ?endpoint=URL &region=R &style=path|virtual &ca=FILE &profile=P &insecure=true")
    String location = "";

    @Option(names = "--encrypt", description = "Nobody reads, names or measures what is stored without a key.")
    boolean encrypt;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "It opens by this file of 32 random bytes, made if there is none.")
    @Nullable
    String keyFile;

    @Option(
            names = "--share",
            paramLabel = "SCOPE",
            description =
                    "repository: equal data of all accounts is stored once (default). account: each account has keys of its own, and no other can tell what it has.")
    @Nullable
    String share;

    /** What {@code --json} prints. */
    record Made(String location, String id, boolean created, boolean encrypted, List<ProbeCommand.Finding> checks) {}

    @Override
    public int run(Session session) {
        var place = StoreLocation.parse(location);
        var scope = scope();
        try (var limits = session.limits();
                var store = place.open(limits)) {
            var there = Repository.exists(store);
            session.keySource().prefer(Optional.ofNullable(keyFile));
            List<Probe.Check> checks = there || place instanceof StoreLocation.InFolder ? List.of() : probe(store);
            var repository = there ? session.unlocked(store) : make(session, store, scope);
            if (encrypt && repository.keys().isEmpty()) {
                throw new Refusal(
                        Code.FAILED,
                        "There is a store in %s already, and it is not encrypted".formatted(store),
                        "make another one: rok init LOCATION --encrypt");
            }
            if (session.output().json()) {
                session.output()
                        .document(new Made(
                                place.toString(),
                                repository.id(),
                                !there,
                                repository.keys().isPresent(),
                                ProbeCommand.Finding.of(checks)));
            } else {
                session.output().line(place.toString());
                session.output()
                        .note(
                                there
                                        ? "There is a store already; nothing was changed"
                                        : "%s; it is used by every command under %s"
                                                .formatted(
                                                        checks.isEmpty()
                                                                ? "Made"
                                                                : "Made, after %d checks".formatted(checks.size()),
                                                        StoreLocation.VARIABLE));
            }
            return 0;
        }
    }

    private Repository make(Session session, ObjectStore store, Share scope) {
        var cache = session.home().cache();
        if (!encrypt) {
            return session.made(store);
        }
        try (var credential = session.keySource().first()) {
            var made = Repository.createEncrypted(
                    store, cache, new Repository.Encryption(scope, credential, "", Instant.now()));
            session.hide(made);
            return made;
        }
    }

    private Share scope() {
        if (!encrypt && (keyFile != null || share != null)) {
            throw new Refusal(Code.USAGE, "--key-file and --share are for a store with --encrypt", "rok init --help");
        }
        return Share.parse(Optional.ofNullable(share).orElse("repository"))
                .orElseThrow(
                        () -> new Refusal(Code.USAGE, "--share is '%s'".formatted(share), "say repository or account"));
    }

    private static List<Probe.Check> probe(ObjectStore store) {
        if (!Probe.clearLeftovers(store)) {
            throw new Refusal(
                    Code.FAILED,
                    "%s is not empty and holds no Rok store".formatted(store),
                    "name an empty prefix of the bucket");
        }
        var checks = ProbeCommand.probe(store);
        var refusal = Probe.refusal(checks);
        if (!refusal.isEmpty()) {
            throw new Refusal(
                    Code.FAILED,
                    "%s cannot hold a store: %s".formatted(store, refusal),
                    "use another server; docs/reference/object-stores.md says what is demanded, rok probe shows all checks");
        }
        return checks;
    }
}
