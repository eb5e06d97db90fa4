package rok.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.object.ObjectStore;
import rok.object.Probe;
import rok.repository.Repository;

/** {@code rok init LOCATION}. */
@Command(
        description = "Make a store in an empty folder or in S3; one that is there already stays as it is.",
        footer = {
            "",
            "A server is tried first, and refused with the reason if versions could get lost on it.",
            "Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine.",
            "Example: rok init 's3://bucket/prefix?endpoint=https://s3.example.org'",
            "         export ROK_REPOSITORY='s3://bucket/prefix?endpoint=https://s3.example.org'"
        },
        sortOptions = false)
final class InitCommand implements rok.cli.Command {
    @Parameters(
            paramLabel = "LOCATION",
            description =
                    "A folder, or s3://BUCKET/PREFIX with ?endpoint=URL &region=R &style=path|virtual &ca=FILE &profile=P &insecure=true")
    String location = "";

    /** What {@code --json} prints. */
    record Made(String location, String id, boolean created, List<ProbeCommand.Finding> checks) {}

    @Override
    public int run(Session session) {
        var place = StoreLocation.parse(location);
        try (var limits = session.limits();
                var store = place.open(limits)) {
            var there = Repository.exists(store);
            List<Probe.Check> checks = there || place instanceof StoreLocation.InFolder ? List.of() : probe(store);
            var repository = Repository.create(store, session.home().cache());
            if (session.output().json()) {
                session.output()
                        .document(new Made(place.toString(), repository.id(), !there, ProbeCommand.Finding.of(checks)));
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
