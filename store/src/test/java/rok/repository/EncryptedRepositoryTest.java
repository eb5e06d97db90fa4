package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.chunk.CutRule;
import rok.cipher.Share;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.keys.Credential;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.snapshot.Content;

class EncryptedRepositoryTest {
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
    private static final String MARKER = "a marker that nobody may find";
    private static final BucketName BUCKET = new BucketName("marker bucket");
    private static final FileName FILE = new FileName("marker file");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private Repository repository;

    @TempDir
    Path cache;

    @BeforeEach
    void make() {
        repository = create(store, Share.REPOSITORY);
    }

    private static Credential credential() {
        return Credential.keyFile(new byte[32]);
    }

    private Repository create(MemoryObjectStore in, Share share) {
        return Repository.createEncrypted(in, cache, new Repository.Encryption(share, credential(), "", NOW));
    }

    private Repository open() {
        return Repository.open(store, cache, _ -> credential());
    }

    private static List<byte[]> chunks() {
        var random = new Random(3);
        var chunks = new ArrayList<byte[]>();
        for (var length : new int[] {1, 30, 63, 64, 5_000, 70_000, Chunker.CHUNK_BYTES_MAX}) {
            var noise = new byte[length];
            random.nextBytes(noise);
            chunks.add(noise);
            chunks.add((MARKER + length)
                    .repeat(length / 20 + 1)
                    .substring(0, length)
                    .getBytes(StandardCharsets.UTF_8));
        }
        return chunks;
    }

    private static Map<ChunkId, byte[]> write(Repository repository) {
        var written = new LinkedHashMap<ChunkId, byte[]>();
        try (var writer = repository.writer()) {
            try (var lane = writer.lane()) {
                for (var chunk : chunks()) {
                    written.put(lane.write(chunk, 0, chunk.length), chunk);
                }
            }
            writer.flush();
        }
        return written;
    }

    private static byte[] read(Repository repository, ChunkId id) {
        var into = ByteBuffer.allocate(Chunker.CHUNK_BYTES_MAX);
        repository.reader().read(id, into);
        return Arrays.copyOf(into.array(), into.position());
    }

    @Test
    void whatWasWrittenIsReadWithTheKeyAndNotWithout() {
        var written = write(repository);
        written.forEach((id, chunk) -> assertThat(read(open(), id)).isEqualTo(chunk));
        assertThat(written.keySet())
                .doesNotContainAnyElementsOf(chunks().stream()
                        .map(chunk -> new ChunkCodec().id(chunk, 0, chunk.length))
                        .toList());
        assertThatThrownBy(() -> Repository.open(store, cache)).isInstanceOf(StoreException.Locked.class);
        try (var all = store.list(PackName.PREFIX)) {
            all.forEach(info -> assertThat(PackReader.verify(store, PackReader.name(info.key()), open().codec()))
                    .isEmpty());
        }
        // And nothing twice
        try (var writer = open().writer();
                var lane = writer.lane()) {
            chunks().forEach(chunk -> lane.write(chunk, 0, chunk.length));
            assertThat(writer.flush().newChunks()).isZero();
        }
    }

    @Test
    void nothingOfWhatIsStoredCanBeFoundInTheStore() {
        write(repository);
        commit(repository);
        var texts = new ArrayList<String>();
        for (var top : List.of("rok.json", "packs/", "index/", "catalog/", "keys/")) {
            try (var all = store.list(new ObjectKey(top))) {
                all.forEach(info -> {
                    texts.add(info.key().value());
                    texts.add(new String(bytes(info.key()), StandardCharsets.ISO_8859_1));
                });
            }
        }
        assertThat(texts).hasSizeGreaterThanOrEqualTo(12);
        assertThat(texts).noneMatch(text -> text.contains("marker") || text.contains("local"));
    }

    @Test
    void noRecordStandsForAnother() {
        // Of one plain length, so that nothing but the cipher tells them apart
        var ids = new ArrayList<ChunkId>();
        try (var writer = repository.writer();
                var lane = writer.lane()) {
            for (var i = 0; i < 6; i++) {
                var chunk = new byte[5000];
                new Random(i).nextBytes(chunk);
                ids.add(lane.write(chunk, 0, chunk.length));
            }
            writer.flush();
        }
        var pack = onlyPack();
        var entries = PackReader.entries(store, pack);
        assertThat(entries).extracting(PackEntry::id).containsExactlyElementsOf(ids);
        var good = bytes(pack.key());
        for (var a : entries) {
            for (var b : entries) {
                if (!a.equals(b)) {
                    var hurt = good.clone();
                    System.arraycopy(good, b.offset(), hurt, a.offset(), a.length());
                    put(pack.key(), hurt);
                    assertThatThrownBy(() -> read(open(), a.id()))
                            .isInstanceOf(StoreException.Corrupt.class)
                            .hasMessageContaining(pack.toString());
                    assertThat(PackReader.verify(store, pack, repository.codec()))
                            .hasSize(1);
                }
            }
        }
    }

    @Test
    void everyChangedByteOfARecordIsFoundAlsoUnderARightChecksum() {
        var written = write(repository);
        var pack = onlyPack();
        var good = bytes(pack.key());
        for (var entry : PackReader.entries(store, pack)) {
            if (entry.length() > 200) {
                continue;
            }
            for (var i = entry.offset(); i < entry.offset() + entry.length() - 4; i++) {
                var hurt = good.clone();
                hurt[i] ^= 1;
                put(pack.key(), hurt);
                assertThatThrownBy(() -> read(repository, entry.id())).isInstanceOf(StoreException.Corrupt.class);
                repair(hurt, entry);
                put(pack.key(), hurt);
                assertThatThrownBy(() -> read(repository, entry.id()))
                        .as("byte %d of a record", i - entry.offset())
                        .isInstanceOf(StoreException.Corrupt.class);
            }
        }
        put(pack.key(), good);
        written.forEach((id, chunk) -> assertThat(read(repository, id)).isEqualTo(chunk));
    }

    private static void repair(byte[] pack, PackEntry entry) {
        var end = entry.offset() + entry.length() - 4;
        ByteBuffer.wrap(pack).putInt(end, Checksum.of(pack, entry.offset(), entry.length() - 4));
    }

    @Test
    void whatSomebodyPutsThereInTheOpenIsNotBelieved() {
        var plain = new byte[100];
        var keyed = repository.codec();
        var id = keyed.id(plain, 0, plain.length);
        var record = new byte[ChunkCodec.encodeBytesMax(plain.length)];
        var length = new ChunkCodec().encode(id, plain, 0, plain.length, record, 0);
        assertThatThrownBy(() -> keyed.decode(id, record, 0, length, new byte[100], 0, 100, "It"))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("not encrypted");
        var encrypted = keyed.encode(id, plain, 0, plain.length, record, 0);
        assertThatThrownBy(() -> new ChunkCodec().decode(id, record, 0, encrypted, new byte[100], 0, 100, "It"))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("it is encrypted");
        assertThat(keyed.decode(id, record, 0, encrypted, new byte[100], 0, 100, "It"))
                .isEqualTo(100);
    }

    @Test
    void swappedPacksAndIndexesShowNothingWrong() {
        var written = new LinkedHashMap<>(write(repository));
        try (var writer = open().writer();
                var lane = writer.lane()) {
            var chunk = new byte[20_000];
            new Random(77).nextBytes(chunk);
            written.put(lane.write(chunk, 0, chunk.length), chunk);
            writer.flush();
        }
        for (var prefix : List.of("packs/", "index/")) {
            List<ObjectKey> keys;
            try (var all = store.list(new ObjectKey(prefix))) {
                keys = all.map(info -> info.key()).toList();
            }
            if (keys.size() < 2) {
                continue; // the second session's index took the first one's over
            }
            var first = bytes(keys.get(0));
            var second = bytes(keys.get(1));
            put(keys.get(0), second);
            put(keys.get(1), first);
            var wrong = 0;
            for (var entry : written.entrySet()) {
                try {
                    assertThat(read(open(), entry.getKey())).isEqualTo(entry.getValue());
                } catch (StoreException.Corrupt e) {
                    wrong++;
                }
            }
            assertThat(wrong).isEqualTo(prefix.equals("packs/") ? written.size() : 0);
            put(keys.get(0), first);
            put(keys.get(1), second);
        }
    }

    @Test
    void recordsOfTheCatalogueOpenInTheirPlacesOnly() {
        var first = commit(repository);
        var second = commit(repository);
        var catalog = catalog(open());
        assertThat(catalog.find(first.url()).version()).isEqualTo(first);
        assertThat(catalog.buckets())
                .singleElement()
                .satisfies(bucket -> assertThat(bucket.name()).isEqualTo(BUCKET));
        assertThat(catalog.files(BUCKET).items())
                .singleElement()
                .satisfies(file -> assertThat(file.name()).isEqualTo(FILE));
        assertThat(catalog.versions(BUCKET, FILE).items()).hasSize(2);
        List<ObjectKey> keys;
        try (var all = store.list(new ObjectKey("catalog/"))) {
            keys = all.map(info -> info.key()).toList();
        }
        assertThat(keys).hasSize(3);
        var good = keys.stream().map(this::bytes).toList();
        for (var a = 0; a < keys.size(); a++) {
            for (var b = 0; b < keys.size(); b++) {
                if (a != b) {
                    put(keys.get(a), good.get(b));
                    put(keys.get(b), good.get(a));
                    var isVersion =
                            keys.get(a).value().endsWith(first.url().version().value());
                    if (isVersion) {
                        assertThatThrownBy(() -> catalog.find(first.url())).isInstanceOf(StoreException.Corrupt.class);
                        assertThat(catalog.versions(BUCKET, FILE).damaged()).isNotEmpty();
                    }
                    put(keys.get(a), good.get(a));
                    put(keys.get(b), good.get(b));
                }
            }
        }
        assertThat(catalog.find(second.url()).version()).isEqualTo(second);
        catalog.delete(first.url());
        assertThat(catalog.versions(BUCKET, FILE).items()).hasSize(1);
    }

    @Test
    void accountsThatDoNotShareCannotTellWhatTheOtherHas() {
        var other = new MemoryObjectStore();
        var both = create(other, Share.ACCOUNT);
        assertThatThrownBy(both::writer).isInstanceOf(IllegalStateException.class);
        var a = both.of("a");
        var b = both.of("b");
        assertThat(write(a).keySet()).doesNotContainAnyElementsOf(write(b).keySet());
        assertThat(a.writer().lane().cutRule()).isNotSameAs(CutRule.OPEN);
        var chunk = chunks().getLast();
        var id = a.codec().id(chunk, 0, chunk.length);
        assertThat(read(a, id)).isEqualTo(chunk);
        assertThatThrownBy(() -> read(b, id)).isInstanceOf(StoreException.Corrupt.class);
    }

    @Test
    void filesAreCutWhereOnlyTheKeyTells() {
        var bytes = new byte[4 << 20];
        new Random(5).nextBytes(bytes);
        var lane = repository.writer().lane();
        assertThat(cuts(lane.cutRule(), bytes))
                .isEqualTo(cuts(open().writer().lane().cutRule(), bytes))
                .isNotEqualTo(cuts(CutRule.OPEN, bytes));
        var other = create(new MemoryObjectStore(), Share.REPOSITORY).writer().lane();
        assertThat(cuts(other.cutRule(), bytes)).isNotEqualTo(cuts(lane.cutRule(), bytes));
        assertThat(cuts(lane.cutRule(), bytes).size()).isBetween(30, 100);
    }

    private static List<Integer> cuts(CutRule rule, byte[] bytes) {
        var cuts = new ArrayList<Integer>();
        for (var at = 0; at < bytes.length; ) {
            at = rule.cut(bytes, at, bytes.length);
            cuts.add(at);
        }
        return cuts;
    }

    @Test
    void aPlaceThatIsNotEmptyIsRefused() {
        assertThatThrownBy(() -> create(store, Share.REPOSITORY)).isInstanceOf(StoreException.Incompatible.class);
        assertThat(Repository.create(new MemoryObjectStore(), cache).keys()).isEmpty();
    }

    private Catalog catalog(Repository of) {
        return new Catalog(store, new AccountName("local"), Optional.empty(), Actor.system(), of.dataKeys());
    }

    private Version commit(Repository of) {
        try (var pending = catalog(of).begin(BUCKET, FILE, "marker title", Map.of("marker", "marker"))) {
            return pending.commit(new Version(
                    pending.url(),
                    NOW,
                    "marker title",
                    "marker message",
                    Map.of("marker", "marker"),
                    Map.of(),
                    "00ff",
                    new Version.Size(1, 1, 1),
                    List.of(new Version.Member(
                            "marker", "directory", "", new Content(4, 0, new ChunkId(1, 2, 3, 4)), 4, 1)),
                    Optional.empty(),
                    List.of()));
        }
    }

    private PackName onlyPack() {
        try (var all = store.list(PackName.PREFIX)) {
            return PackReader.name(all.findFirst().orElseThrow().key());
        }
    }

    private byte[] bytes(ObjectKey key) {
        var content = store.read(key).orElseThrow().content();
        var bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private void put(ObjectKey key, byte[] bytes) {
        store.put(key, ByteBuffer.wrap(bytes), new Condition.Always());
    }
}
