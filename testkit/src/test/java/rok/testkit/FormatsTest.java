package rok.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.Pending;
import rok.catalog.Version;
import rok.catalog.Writer;
import rok.check.VerifiedBytes;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.chunk.CutRule;
import rok.cipher.Share;
import rok.keys.Credential;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentBuilder;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.TreeWriter;
import rok.snapshot.VersionHash;
import rok.volume.StatCacheBytes;

/**
 * What is written of input that is always the same, as hashes, each beside the hash of the page that describes it. Who
 * changes a format or a page changes golden/formats.txt in the same commit, and looks at both sides of its line.
 */
class FormatsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/formats.txt");
    private static final Path PAGES = Path.of("../docs/format");
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
    private static final BucketName BUCKET = new BucketName("\u00dcbungen 1");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Map<String, String> written = new TreeMap<>();

    @TempDir
    Path cache;

    @Test
    void noFormatChangesWithoutItsPageAndItsGoldenLine() throws Exception {
        chunking();
        var contents = repository();
        catalog(contents);
        encryption();
        written.put("stat-cache.md stat cache", sha256(StatCacheBytes.of(cache)));
        written.put("verified.md verified", sha256(VerifiedBytes.of(cache)));
        var lines = new ArrayList<String>();
        for (var entry : written.entrySet()) {
            var page = entry.getKey().substring(0, entry.getKey().indexOf(' '));
            lines.add("%s: %s, page %s"
                    .formatted(entry.getKey(), entry.getValue(), sha256(Files.readAllBytes(PAGES.resolve(page)))));
        }
        assertThat(String.join("\n", lines))
                .as("a format or its page changed: when both are as they should be, this is the new " + GOLDEN)
                .isEqualTo(Files.readString(GOLDEN).strip());
    }

    private void chunking() throws Exception {
        var bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        var lengths = new StringBuilder();
        var at = new int[1];
        new Chunker()
                .cut(
                        (into, offset, length) -> {
                            var count = Math.min(length, bytes.length - at[0]);
                            System.arraycopy(bytes, at[0], into, offset, count);
                            at[0] += count;
                            return count == 0 ? -1 : count;
                        },
                        (chunk, offset, length) -> lengths.append(length).append('\n'));
        written.put("chunk.md cutting", sha256(lengths.toString().getBytes(StandardCharsets.UTF_8)));
        written.put("chunk.md pages", pages(CutRule.OPEN, bytes));
    }

    private static String pages(CutRule rule, byte[] bytes) throws Exception {
        var cuts = new StringBuilder();
        for (var at = 0; at < bytes.length; cuts.append(at).append('\n')) {
            at = rule.cutPages(bytes, at, bytes.length);
        }
        return sha256(cuts.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Chunks that are too short for zstd, whose output is its own business: packs are then the same for ever. */
    private List<Content> repository() throws Exception {
        var repository = Repository.create(store, cache, new Random(2));
        var contents = new ArrayList<Content>();
        try (var writer = repository.writer()) {
            try (var lane = writer.lane()) {
                for (var text : List.of("one chunk", "another chunk", "and a third one")) {
                    var plain = text.getBytes(StandardCharsets.UTF_8);
                    lane.write(plain, 0, plain.length);
                }
            }
            writer.flush();
        }
        written.put("repository.md rok.json", object("rok.json"));
        written.put("pack.md pack", object("packs/"));
        written.put("index.md segment", object("index/"));
        // Trees and lists are chunks: their ids are the hashes of their bytes
        try (var writer = repository.writer();
                var lane = writer.lane()) {
            contents.add(tree(new TreeWriter(new ContentWriter(lane), Optional.of(attributes(0)))));
            written.put("tree.md tree", contents.getFirst().root().toString());
            var list = new ContentBuilder(lane);
            for (var i = 1; i <= 700; i++) {
                list.chunk(new ChunkId(i, i, i, i % 400 == 0 ? 512 : i), 1000 + i);
                if (i % 7 == 0) {
                    list.hole(70_000);
                }
            }
            contents.add(list.finish());
            written.put(
                    "tree.md lists",
                    contents.getLast().depth() + " " + contents.getLast().root());
            written.put("tree.md lists of ranges", ranges(new ContentBuilder(lane)));
        }
        return contents;
    }

    private static String ranges(ContentBuilder list) {
        for (var i = 1; i <= 700; i++) {
            var id = new ChunkId(i, i, i, i % 400 == 0 ? 512 : i);
            if (i % 3 == 0) {
                list.add(new Extent(0, 1000, id, 24 * i, 100_000));
                list.hole(500);
                list.add(new Extent(0, 2000, id, 24 * i + 1500, 100_000));
            } else {
                list.chunk(id, 1000 + i);
            }
        }
        var content = list.finish();
        return content.depth() + " " + content.root();
    }

    /** Keys are random where they matter; here they and all salts follow from a seed. */
    private void encryption() throws Exception {
        var keys = SeededRoots.keys(4, 2, "local");
        var names = keys.names();
        var name = names.account("catalog/", "local") + names.segment("catalog/x/", "\u00dcbungen 1");
        written.put("encryption.md names", sha256(name.getBytes(StandardCharsets.UTF_8)));
        written.put("encryption.md document", sha256(keys.documents().seal("catalog/x", new byte[] {1, 2, 3})));
        var codec = new ChunkCodec(keys);
        var plain = "one chunk".getBytes(StandardCharsets.UTF_8);
        var record = new byte[ChunkCodec.encodeBytesMax(plain.length)];
        var length = codec.encode(codec.id(plain, 0, plain.length), plain, 0, plain.length, record, 0);
        written.put("encryption.md record", sha256(Arrays.copyOf(record, length)));
        var bytes = new byte[1_000_000];
        new Random(1).nextBytes(bytes);
        var rule = CutRule.keyed(keys);
        var cuts = new StringBuilder();
        for (var at = 0; at < bytes.length; cuts.append(at).append('\n')) {
            at = rule.cut(bytes, at, bytes.length);
        }
        written.put("encryption.md cutting", sha256(cuts.toString().getBytes(StandardCharsets.UTF_8)));
        written.put("encryption.md pages", pages(rule, bytes));
        var sealed = new MemoryObjectStore();
        Repository.createEncrypted(
                sealed,
                cache,
                new Repository.Encryption(Share.ACCOUNT, Credential.keyFile(new byte[32]), "", NOW),
                new Random(2));
        var rokJson = sealed.read(new ObjectKey("rok.json")).orElseThrow().content();
        var content = new byte[rokJson.remaining()];
        rokJson.get(content);
        written.put("encryption.md rok.json", sha256(content));
    }

    private static Content tree(TreeWriter tree) {
        var content = new Content(70_000, 1, new ChunkId(1, 2, 3, 4));
        var name = new Object() {
            int last;

            ByteString next() {
                return ByteString.of(new byte[] {(byte) ('a' + last++), (byte) 0xff});
            }
        };
        tree.add(new Entry.Folder(name.next(), attributes(1), content, 300, 1L << 40));
        tree.add(new Entry.File(name.next(), attributes(2), content, ByteString.EMPTY));
        tree.add(new Entry.File(name.next(), attributes(2), content, ByteString.utf8("a/b")));
        tree.add(new Entry.File(name.next(), attributes(0), new Content(0, 0, Content.NONE), ByteString.EMPTY));
        tree.add(new Entry.Symlink(name.next(), attributes(0), ByteString.utf8("../x")));
        tree.add(new Entry.Fifo(name.next(), attributes(1)));
        return tree.finish();
    }

    private static Attributes attributes(int xattrs) {
        var list = new ArrayList<Attributes.Xattr>();
        for (var i = 0; i < xattrs; i++) {
            list.add(new Attributes.Xattr(ByteString.utf8("user." + i), ByteString.utf8("value")));
        }
        return new Attributes(0644, 1000, 0xffff_fffeL, Instant.ofEpochSecond(-2, 999_999_999), list);
    }

    private void catalog(List<Content> contents) throws Exception {
        var writer = new Writer("host", "machine", "boot", "namespace", 7, 8, "nonce");
        var actor = new Actor(writer, () -> NOW, new Random(3), (_, _) -> () -> {});
        var catalog = new Catalog(store, new AccountName("local"), Optional.of(cache), actor);
        assertThat(begin(catalog, ".env").title()).isEqualTo("a title");
        written.put("catalog.md bucket", object("catalog/local/%C3%9Cbungen%201/bucket.json"));
        written.put("catalog.md pending", object("catalog/local/%C3%9Cbungen%201/%2Eenv/"));
        begin(catalog, "a.json").close();
        written.put("catalog.md aborted", object("catalog/local/%C3%9Cbungen%201/a%2Ejson/"));
        var hash = new VersionHash()
                .add("work", contents.getFirst())
                .add("data", contents.getLast())
                .hex();
        written.put("tree.md hash", hash);
        try (var committing = begin(catalog, "final")) {
            committing.commit(version(committing, hash, contents));
        }
        written.put("catalog.md committed", object("catalog/local/%C3%9Cbungen%201/final/"));
        assertThat(catalog.versions(BUCKET, new FileName("final")).items()).hasSize(1);
        written.put(
                "catalog.md summaries",
                sha256(Files.readAllBytes(cache.resolve("catalog/local/%C3%9Cbungen%201.summaries"))));
    }

    private static Pending begin(Catalog catalog, String file) {
        return catalog.begin(BUCKET, new FileName(file), "a title", Map.of("step", "train", "phase", "after"));
    }

    private static Version version(Pending pending, String hash, List<Content> contents) {
        return new Version(
                pending.url(),
                NOW,
                "a title",
                "why not",
                Map.of("step", "train", "phase", "after"),
                Map.of("environment", "{\"A\":\"b\"}"),
                hash,
                new Version.Size(4, 3, 2),
                List.of(
                        new Version.Member("work", "directory", "/home", contents.getFirst(), 4, 1),
                        new Version.Member("data", "directory", "", contents.getLast(), 0, 0)),
                Optional.of(contents.getFirst()),
                List.of("a socket was left out"));
    }

    /** Of the one object whose key begins so, its key included. */
    private String object(String prefix) throws Exception {
        try (var all = store.list(new ObjectKey(prefix))) {
            var info = all.toList();
            assertThat(info).as(prefix).hasSize(1);
            var key = info.getFirst().key();
            var content = store.read(key).orElseThrow().content();
            var name = key.value().getBytes(StandardCharsets.UTF_8);
            var bytes = ByteBuffer.allocate(name.length + content.remaining())
                    .put(name)
                    .put(content);
            return sha256(bytes.array());
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
