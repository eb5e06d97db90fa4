package rok.agent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import rok.catalog.Version;
import rok.format.Json;
import rok.format.JsonFields;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.snapshot.ByteString;

/** What an archive of ours says of itself: docs/format/archive.md. */
record ArchiveNote(
        String title,
        String message,
        Map<String, String> labels,
        Map<String, String> metadata,
        List<Member> members,
        Optional<String> attachments) {
    static final ByteString ATTACHMENTS = ByteString.utf8(".rok-attachments");
    private static final int FORMAT = 1;

    record Member(String name, String mount) {}

    static String write(Version version, List<Version.Member> members) {
        var items = new ArrayList<JsonValue>();
        for (var member : members) {
            items.add(JsonValue.object()
                    .put("name", member.name())
                    .put("mount", member.mount())
                    .end());
        }
        var note = JsonValue.object()
                .put("rok", FORMAT)
                .put("url", version.url().toString())
                .put("title", version.title())
                .put("message", version.message())
                .put("labels", JsonValue.ofStrings(new TreeMap<>(version.labels())))
                .put("metadata", JsonValue.ofStrings(new TreeMap<>(version.metadata())))
                .put("members", JsonValue.of(items));
        if (version.attachments().isPresent()) {
            note.put("attachments", ATTACHMENTS.toString());
        }
        return new String(Json.write(note.end()), StandardCharsets.UTF_8).strip();
    }

    /** Nothing where the comment is not one of ours. */
    static Optional<ArchiveNote> read(String comment) {
        try {
            var bytes = ByteBuffer.wrap(comment.getBytes(StandardCharsets.UTF_8));
            var fields = JsonFields.of("The comment", Json.parse(bytes, "The comment"));
            if (!fields.has("rok") || fields.integer("rok") != FORMAT) {
                return Optional.empty();
            }
            return Optional.of(new ArchiveNote(
                    fields.string("title"),
                    fields.string("message"),
                    fields.stringMap("labels"),
                    fields.stringMap("metadata"),
                    fields.list("members").stream()
                            .map(member -> new Member(member.string("name"), member.string("mount")))
                            .toList(),
                    fields.has("attachments") ? Optional.of(fields.string("attachments")) : Optional.empty()));
        } catch (StoreException _) {
            return Optional.empty();
        }
    }
}
