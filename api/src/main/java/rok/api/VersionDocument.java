package rok.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import rok.catalog.Version;
import rok.catalog.VersionRecord;
import rok.names.RokUrl;

/**
 * One version: what {@code show} and {@code snapshot} print.
 *
 * @param url the group's
 * @param named the URL of what was asked for: the group's, or a member's
 * @param created for one that is not committed, when it was begun
 * @param hash empty unless committed, as are members, metadata and warnings
 * @param complete whether nothing was left out and nothing changed while it was read
 */
public record VersionDocument(
        String url,
        String named,
        String account,
        String bucket,
        String file,
        String version,
        String state,
        String title,
        String message,
        Map<String, String> labels,
        Map<String, String> metadata,
        Instant created,
        String hash,
        SizeDocument size,
        List<MemberDocument> members,
        ProgressDocument progress,
        boolean complete,
        boolean attachments,
        List<String> warnings) {
    public VersionDocument {
        labels = new TreeMap<>(labels);
        metadata = new TreeMap<>(metadata);
        members = List.copyOf(members);
        warnings = List.copyOf(warnings);
    }

    public static VersionDocument of(Version version) {
        return of(version, version.url());
    }

    /** {@code named} is what the user asked for: the version's own URL, or a member's. */
    public static VersionDocument of(Version version, RokUrl named) {
        var url = version.url();
        return new VersionDocument(
                url.toString(),
                named.toString(),
                url.account().value(),
                url.bucket().value(),
                url.file().value(),
                url.version().value(),
                "committed",
                version.title(),
                version.message(),
                version.labels(),
                version.metadata(),
                version.created(),
                version.hash(),
                SizeDocument.of(version.size()),
                version.members().stream()
                        .map(member -> MemberDocument.of(version, member))
                        .toList(),
                new ProgressDocument(100, ""),
                version.warnings().isEmpty(),
                version.attachments().isPresent(),
                version.warnings());
    }

    /** Of a record in any state. */
    public static VersionDocument of(VersionRecord record) {
        return switch (record) {
            case VersionRecord.Committed committed -> of(committed.version());
            case VersionRecord.Pending pending ->
                unfinished(
                        record,
                        pending.begin(),
                        new ProgressDocument(
                                pending.progress().percent(), pending.progress().message()),
                        pending.progress().message());
            case VersionRecord.Aborted aborted ->
                unfinished(record, aborted.begin(), new ProgressDocument(0, ""), aborted.reason());
        };
    }

    private static VersionDocument unfinished(
            VersionRecord record, VersionRecord.Begin begin, ProgressDocument progress, String message) {
        var url = record.url();
        return new VersionDocument(
                url.toString(),
                url.toString(),
                url.account().value(),
                url.bucket().value(),
                url.file().value(),
                url.version().value(),
                record.state().text(),
                begin.title(),
                message,
                begin.labels(),
                Map.of(),
                begin.started(),
                "",
                new SizeDocument(0, 0, 0),
                List.of(),
                progress,
                false,
                false,
                List.of());
    }
}
