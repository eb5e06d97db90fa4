package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.VersionRecord;
import rok.catalog.VersionState;
import rok.catalog.Writer;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.KeySegment;
import rok.object.FolderObjectStore;
import rok.repository.ChunkReader;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.snapshot.Extents;
import rok.snapshot.TreeReader;

/**
 * Versions that format 1 wrote once stay readable for ever, with all that they say of every file. The lines that are
 * expected here are also what tests/verify_repository.py prints, which was written from docs/format alone.
 */
class GoldenVersionsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/v1");

    @TempDir
    Path temporary;

    @Test
    void everyVersionOfFormat1IsReadAsItWas() throws Exception {
        var expected = Files.readAllLines(GOLDEN.resolve("listing.txt"));
        assertThat(listing(GOLDEN.resolve("store"))).containsExactlyElementsOf(expected);
        assertThat(GOLDEN.resolve("store/.store")).doesNotExist();
    }

    @Test
    void theGoldenVersionsShowAllThatTheFormatsCanSay() throws Exception {
        var listing = String.join("\n", Files.readAllLines(GOLDEN.resolve("listing.txt")));
        assertThat(listing)
                .contains(
                        "committed ",
                        "aborted ",
                        "pending ",
                        "member data ",
                        "member attachments ",
                        "depth=2",
                        "depth=1")
                .contains("user.rok=0001ff", "holes=1048576", "%FF", "6751 1234:5678", "-1000000001", "\np ", "\nl ")
                .containsPattern("f sub-link .* \\.hidden/link");
        try (var store = new FolderObjectStore(GOLDEN.resolve("store"))) {
            assertThat(Repository.open(store, temporary).stats().indexSegments())
                    .isGreaterThan(1);
        }
    }

    /** Makes the golden repository of a format, once; as root: {@code -Drok.golden.make=FOLDER}. */
    @Test
    @EnabledIfSystemProperty(named = "rok.golden.make", matches = ".+")
    void aGoldenRepositoryIsMade() throws Exception {
        var into = Path.of(System.getProperty("rok.golden.make"));
        TestStore.python("golden.py", temporary.toString());
        var system = Actor.system();
        // Of no machine
        var writer = new Writer("host", "machine", "boot", "namespace", 7, 8, "nonce");
        var actor = new Actor(writer, system.clock(), system.random(), (_, _) -> () -> {});
        try (var store = new TestStore(into)) {
            var catalog = new Catalog(store.objects, new AccountName("local"), Optional.empty(), actor);
            var snapshotter = new Snapshotter(store.repository, catalog, store.caches, system.clock());
            snapshot(snapshotter, "runs", "first", "work");
            snapshot(snapshotter, "runs", "first", "work", "data");
            snapshot(snapshotter, "\u00dcbungen 1", ".names.json", "data");
            snapshot(snapshotter, "runs", "x".repeat(100) + "\u00e9".repeat(20), "data");
            try (var abandoned =
                    catalog.begin(new BucketName("runs"), new FileName("first"), "given up", Map.of("k", "v"))) {
                assertThat(abandoned.url()).isNotNull();
            }
            catalog.begin(new BucketName("runs"), new FileName("second"), "not finished", Map.of());
        }
        Files.write(into.resolve("listing.txt"), listing(into.resolve("store")));
    }

    private void snapshot(Snapshotter snapshotter, String bucket, String file, String... volumes) {
        snapshotter.snapshot(
                new SnapshotRequest(
                        new BucketName(bucket),
                        new FileName(file),
                        "Step: \"" + volumes.length + "\"",
                        "",
                        Map.of("step", "train", "phase", "after"),
                        Map.of("environment", "{\"A\":\"b\"}"),
                        Arrays.stream(volumes)
                                .map(name -> new SnapshotRequest.Volume(name, temporary.resolve(name), "/home/" + name))
                                .toList(),
                        volumes.length > 1 ? Optional.of(temporary.resolve("notes")) : Optional.empty()),
                Progress.NONE);
    }

    private List<String> listing(Path folder) throws Exception {
        var lines = new ArrayList<String>();
        try (var store = new FolderObjectStore(folder)) {
            var chunks = Repository.open(store, temporary.resolve("cache")).reader();
            var catalog = new Catalog(store, new AccountName("local"), Optional.empty(), Actor.system());
            // In the order of keys, which is not that of names
            var records = new TreeMap<String, VersionRecord>();
            for (var bucket : catalog.buckets()) {
                for (var file : catalog.files(bucket.name()).items()) {
                    for (var version :
                            catalog.versions(bucket.name(), file.name()).items()) {
                        var key = KeySegment.of(bucket.name()) + "\u0000" + KeySegment.of(file.name()) + "\u0000"
                                + version.url().version();
                        records.put(key, catalog.record(version.url()).orElseThrow());
                    }
                }
            }
            for (var record : records.values()) {
                version(chunks, record, lines);
            }
        }
        return lines;
    }

    private static void version(ChunkReader chunks, VersionRecord record, List<String> lines) throws Exception {
        var url = record.url();
        var begin = switch (record) {
            case VersionRecord.Committed committed -> committed.begin();
            case VersionRecord.Aborted aborted -> aborted.begin();
            case VersionRecord.Pending pending -> pending.begin();
        };
        var labels = new TreeMap<>(begin.labels()).toString().replaceAll("[{} ]", "");
        lines.add("%s %s/%s@%s [%s] [%s]"
                .formatted(record.state().text(), url.bucket(), url.file(), url.version(), begin.title(), labels));
        if (record.state() != VersionState.COMMITTED) {
            return;
        }
        var version = ((VersionRecord.Committed) record).version();
        for (var member : version.members()) {
            top(chunks, member.name(), member.root(), lines);
        }
        if (version.attachments().isPresent()) {
            top(chunks, "attachments", version.attachments().get(), lines);
        }
    }

    private static void top(ChunkReader chunks, String name, Content root, List<String> lines) throws Exception {
        var self = new TreeReader(chunks, root).self().orElseThrow();
        lines.add(attributes("member", ByteString.utf8(name), self));
        entries(chunks, root, ByteString.EMPTY, lines);
    }

    private static void entries(ChunkReader chunks, Content tree, ByteString path, List<String> lines)
            throws Exception {
        for (var entry : (Iterable<Entry>) () -> new TreeReader(chunks, tree)) {
            var where = path.child(entry.name());
            switch (entry) {
                case Entry.Folder folder -> {
                    lines.add(attributes("d", where, folder.attributes()));
                    entries(chunks, folder.tree(), where, lines);
                }
                case Entry.File file ->
                    lines.add(attributes("f", where, file.attributes())
                            + content(chunks, file.content())
                            + (file.first().isEmpty() ? "-" : quoted(file.first())));
                case Entry.Symlink link ->
                    lines.add(attributes("l", where, link.attributes()) + " " + quoted(link.target()));
                case Entry.Fifo fifo -> lines.add(attributes("p", where, fifo.attributes()));
            }
        }
    }

    private static String content(ChunkReader chunks, Content content) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        try (var in = new ContentInput(chunks, content)) {
            var block = new byte[1 << 16];
            for (var count = in.read(block); count > 0; count = in.read(block)) {
                digest.update(block, 0, count);
            }
        }
        var holes = 0L;
        var extents = new Extents(chunks, content, 0);
        while (extents.hasNext()) {
            var extent = extents.next();
            holes += extent.isHole() ? extent.length() : 0;
        }
        return " %d %s holes=%d depth=%d "
                .formatted(content.length(), HexFormat.of().formatHex(digest.digest()), holes, content.depth());
    }

    private static String attributes(String kind, ByteString path, Attributes attributes) {
        var time = attributes.modified();
        var nanos = Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
        var xattrs = attributes.xattrs().stream()
                .map(xattr -> quoted(xattr.name()) + "="
                        + HexFormat.of().formatHex(xattr.value().toArray()))
                .toList();
        return "%s %s %o %d:%d %d %s"
                .formatted(
                        kind,
                        quoted(path),
                        attributes.mode(),
                        attributes.uid(),
                        attributes.gid(),
                        nanos,
                        xattrs.isEmpty() ? "-" : String.join(",", xattrs));
    }

    private static String quoted(ByteString text) {
        var out = new StringBuilder();
        for (var b : text.toArray()) {
            var plain = (b > 0 && Character.isLetterOrDigit(b)) || "_.-~/".indexOf(b) >= 0;
            out.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return out.toString();
    }
}
