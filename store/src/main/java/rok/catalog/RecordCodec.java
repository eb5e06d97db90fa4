package rok.catalog;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import rok.catalog.VersionRecord.Aborted;
import rok.catalog.VersionRecord.Begin;
import rok.catalog.VersionRecord.Committed;
import rok.catalog.VersionRecord.Pending;
import rok.chunk.ChunkId;
import rok.format.Json;
import rok.format.JsonFields;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.names.VersionId;
import rok.object.ObjectKey;
import rok.snapshot.Content;

/** Records of buckets and versions as sealed JSON, and back: docs/format/catalog.md. */
final class RecordCodec {
    private static final long FORMAT = 1;
    /** A year: no writer stands still for so long. */
    private static final long PAUSE_US_MAX = 365L * 86_400_000_000L;

    private RecordCodec() {}

    static byte[] write(Bucket bucket) {
        return Json.seal(JsonValue.object()
                .put("kind", "bucket")
                .put("format", FORMAT)
                .put("name", bucket.name().value())
                .put("description", bucket.description())
                .put("created", bucket.created().toString())
                .end());
    }

    static Bucket readBucket(ByteBuffer bytes, ObjectKey key) {
        var fields = open(bytes, "bucket", "Bucket record " + key);
        try {
            return new Bucket(
                    new BucketName(fields.string("name")),
                    fields.string("description"),
                    Instant.parse(fields.string("created")));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new StoreException.Corrupt("Bucket record %s is corrupt: %s".formatted(key, e.getMessage()), e);
        }
    }

    static byte[] write(VersionRecord record) {
        return Json.seal(
                switch (record) {
                    case Pending pending -> pending(pending);
                    case Aborted aborted ->
                        begin(aborted.begin(), VersionState.ABORTED)
                                .put("ended", aborted.ended().toString())
                                .put("reason", aborted.reason())
                                .end();
                    case Committed committed ->
                        content(begin(committed.begin(), VersionState.COMMITTED), committed.version());
                });
    }

    private static JsonValue.JsonObject pending(Pending pending) {
        var record = begin(pending.begin(), VersionState.PENDING)
                .put("lease_until", pending.leaseUntil().toString())
                .put("renewals", pending.renewals())
                .put(
                        "progress",
                        JsonValue.object()
                                .put("percent", pending.progress().percent())
                                .put("message", pending.progress().message())
                                .end());
        return pending.keeps().isEmpty()
                ? record.end()
                : record.put("keeps", contents(pending.keeps())).end();
    }

    static JsonValue contents(List<Content> contents) {
        return JsonValue.of(contents.stream().map(RecordCodec::content).toList());
    }

    static List<Content> contents(JsonFields fields, String name) {
        return fields.list(name).stream().map(RecordCodec::content).toList();
    }

    /** The record at {@code key}, which must be that of {@code url}. */
    static VersionRecord read(ByteBuffer bytes, ObjectKey key, RokUrl url) {
        var what = "Version record " + key;
        var fields = open(bytes, "version", what);
        try {
            var begin = begin(fields);
            if (!begin.url().equals(url)) {
                throw fields.corrupt("version", "belongs to another version, " + begin.url());
            }
            return switch (fields.string("state")) {
                case "pending" ->
                    new Pending(
                            begin,
                            Instant.parse(fields.string("lease_until")),
                            fields.integer("renewals"),
                            progress(fields.fields("progress")),
                            fields.has("keeps") ? contents(fields, "keeps") : List.of());
                case "aborted" -> new Aborted(begin, Instant.parse(fields.string("ended")), fields.string("reason"));
                case "committed" -> new Committed(begin, version(begin, fields));
                default -> throw fields.corrupt("state", "is none that exists: " + fields.string("state"));
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new StoreException.Corrupt("%s is corrupt: %s".formatted(what, e.getMessage()), e);
        }
    }

    static JsonFields open(ByteBuffer bytes, String kind, String what) {
        var fields = JsonFields.of(what, Json.unseal(bytes, what));
        if (!fields.string("kind").equals(kind)) {
            throw fields.corrupt("kind", "is %s, not %s".formatted(fields.string("kind"), kind));
        }
        var format = fields.integer("format");
        if (format > FORMAT) {
            throw new StoreException.Incompatible(
                    "%s has format %d, and this rok knows up to %d: upgrade rok to read it"
                            .formatted(what, format, FORMAT));
        }
        return fields;
    }

    private static JsonValue.Members begin(Begin begin, VersionState state) {
        var url = begin.url();
        return JsonValue.object()
                .put("kind", "version")
                .put("format", FORMAT)
                .put("state", state.text())
                .put("account", url.account().value())
                .put("bucket", url.bucket().value())
                .put("file", url.file().value())
                .put("version", url.version().value())
                .put("started", begin.started().toString())
                .put("epoch", begin.epoch())
                .put("writer", writer(begin.writer()))
                .put("title", begin.title())
                .put("labels", texts(begin.labels()));
    }

    static JsonValue writer(Writer writer) {
        return JsonValue.object()
                .put("host", writer.host())
                .put("machine", writer.machine())
                .put("boot", writer.boot())
                .put("namespace", writer.namespace())
                .put("pid", writer.pid())
                .put("process_start", writer.processStart())
                .put("nonce", writer.nonce())
                .end();
    }

    static Writer writer(JsonFields writer) {
        return new Writer(
                writer.string("host"),
                writer.string("machine"),
                writer.string("boot"),
                writer.string("namespace"),
                writer.integer("pid"),
                writer.integer("process_start"),
                writer.string("nonce"));
    }

    private static Begin begin(JsonFields fields) {
        return new Begin(
                new RokUrl(
                        new AccountName(fields.string("account")),
                        new BucketName(fields.string("bucket")),
                        new FileName(fields.string("file")),
                        new VersionId(fields.string("version"))),
                Instant.parse(fields.string("started")),
                writer(fields.fields("writer")),
                fields.integer("epoch"),
                fields.string("title"),
                fields.stringMap("labels"));
    }

    private static Progress progress(JsonFields fields) {
        return new Progress(Math.clamp(fields.integer("percent"), 0, 100), fields.string("message"));
    }

    private static JsonValue.JsonObject content(JsonValue.Members record, Version version) {
        return record.put("created", version.created().toString())
                .put("message", version.message())
                .put("metadata", texts(version.metadata()))
                .put("hash", version.hash())
                .put(
                        "size",
                        JsonValue.object()
                                .put("logical", version.size().logical())
                                .put("new", version.size().fresh())
                                .put("stored", version.size().stored())
                                .end())
                .put(
                        "members",
                        JsonValue.of(version.members().stream()
                                .map(RecordCodec::member)
                                .toList()))
                .put(
                        "attachments",
                        version.attachments().map(RecordCodec::content).orElse(new JsonValue.JsonNull()))
                .put("warnings", JsonValue.ofStrings(version.warnings()))
                .end();
    }

    private static JsonValue member(Version.Member member) {
        var written = JsonValue.object()
                .put("name", member.name())
                .put("kind", member.kind())
                .put("mount", member.mount())
                .put("root", content(member.root()))
                .put("bytes", member.bytes())
                .put("files", member.files());
        member.capture().ifPresent(capture -> written.put("capture", capture(capture)));
        return written.end();
    }

    private static JsonValue capture(Version.Capture capture) {
        return JsonValue.object()
                .put("pause_us", capture.pause().toNanos() / 1000)
                .put("changed", capture.changedBytes())
                .put("read", capture.readBytes())
                .put("full_read", capture.fullRead())
                .end();
    }

    private static JsonValue content(Content content) {
        return JsonValue.object()
                .put("length", content.length())
                .put("depth", content.depth())
                .put("root", content.root().toString())
                .end();
    }

    private static Version version(Begin begin, JsonFields fields) {
        var size = fields.fields("size");
        return new Version(
                begin.url(),
                Instant.parse(fields.string("created")),
                begin.title(),
                fields.string("message"),
                begin.labels(),
                fields.stringMap("metadata"),
                fields.string("hash"),
                new Version.Size(size.integer("logical"), size.integer("new"), size.integer("stored")),
                fields.list("members").stream().map(RecordCodec::member).toList(),
                fields.has("attachments") ? Optional.of(content(fields.fields("attachments"))) : Optional.empty(),
                fields.strings("warnings"));
    }

    private static Version.Member member(JsonFields fields) {
        return new Version.Member(
                fields.string("name"),
                fields.string("kind"),
                fields.string("mount"),
                content(fields.fields("root")),
                fields.integer("bytes"),
                fields.integer("files"),
                fields.has("capture") ? Optional.of(capture(fields.fields("capture"))) : Optional.empty());
    }

    private static Version.Capture capture(JsonFields fields) {
        return new Version.Capture(
                Duration.ofNanos(Math.clamp(fields.integer("pause_us"), 0, PAUSE_US_MAX) * 1000),
                fields.integer("changed"),
                fields.integer("read"),
                fields.string("full_read"));
    }

    private static Content content(JsonFields fields) {
        return new Content(
                fields.integer("length"),
                Math.toIntExact(Math.clamp(fields.integer("depth"), -1, 99)),
                ChunkId.parse(fields.string("root")));
    }

    private static JsonValue texts(Map<String, String> texts) {
        return JsonValue.ofStrings(new TreeMap<>(texts));
    }
}
