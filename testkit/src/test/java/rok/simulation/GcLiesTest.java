package rok.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.Version;
import rok.catalog.Writer;
import rok.chunk.ChunkId;
import rok.format.ByteWriter;
import rok.format.Checksum;
import rok.format.Magic;
import rok.format.StoreException;
import rok.gc.Collector;
import rok.gc.GcReport;
import rok.gc.GcReport.Outcome;
import rok.index.IndexSegment;
import rok.index.SessionIndex;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.ObjectInfo;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.ContentInput;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;
import rok.snapshot.TreeWriter;

/**
 * What somebody without a key writes into an encrypted store, to have a collector that has the keys remove what is needed:
 * docs/security.md says what comes of it.
 */
@ParameterizedClass
@EnumSource(value = Kind.class, names = "OPEN", mode = EnumSource.Mode.EXCLUDE)
class GcLiesTest {
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, List.of());
    private static final BucketName BUCKET = new BucketName("b");
    private static final ObjectKey EPOCH_1 = new ObjectKey("gc/0000000001");
    private static final ObjectKey DEAD_1 = new ObjectKey("gc/0000000001+dead");
    private static final ObjectKey DONE_1 = new ObjectKey("gc/0000000001+done");

    private final Kind kind;

    @TempDir
    Path cache;

    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final Random random = new Random(11);
    private final Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private AccountName account = new AccountName("a");

    GcLiesTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void setUp() {
        kind.create(objects, cache, random);
    }

    @Test
    void accountsAreCollectedTogetherAndKeepWhatIsTheirs() {
        var kept = write("kept", text(1));
        var gone = write("gone", text(2));
        account = new AccountName("other");
        var theirs = write("theirs", text(1));
        catalog().delete(write("theirs-too", text(3)).url());
        account = gone.url().account();
        catalog().delete(gone.url());
        var report = collect();
        assertThat(report.outcome()).isEqualTo(Outcome.COLLECTED);
        assertThat(report.versions()).isEqualTo(2);
        assertThat(read(kept)).isEqualTo(text(1));
        assertThat(read(theirs)).isEqualTo(text(1));
    }

    /** Emptied packs of two accounts, one of them stored before the keys were rotated and one afterwards. */
    @Test
    void chunksMoveAsTheyAreWhoeverTheyBelongToAndWhateverKeysTheyHave() {
        var first = write("first", text(1), text(2), text(3));
        var keptOfFirst = takeOver(first, "kept", 0);
        repository().keys().orElseThrow().rotate();
        account = new AccountName("other");
        var second = write("second", text(4), text(5), text(6));
        var keptOfSecond = takeOver(second, "kept", 0);
        catalog().delete(second.url());
        account = first.url().account();
        catalog().delete(first.url());
        var report = collect();
        assertThat(report.sparse().count()).isEqualTo(2);
        assertThat(report.movedBytes()).isPositive();
        assertThat(read(keptOfFirst)).isEqualTo(text(1));
        assertThat(read(keptOfSecond)).isEqualTo(text(4));
        var generations = objects.list(PackName.PREFIX)
                .flatMap(pack -> entries(pack).stream().map(entry -> generation(pack.key(), entry)))
                .distinct();
        assertThat(generations).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void nothingIsDecidedByWhoHasNoKey() {
        var kept = write("kept", text(1));
        var packs = packs();
        put(EPOCH_1, condemned(packs));
        put(DEAD_1, condemned(packs));
        assertThatThrownBy(this::collect)
                .isInstanceOfAny(StoreException.Corrupt.class, StoreException.Incompatible.class)
                .hasMessageContaining(DEAD_1.value());
        assertThat(packs()).containsExactlyInAnyOrderElementsOf(packs);
        assertThat(read(kept)).isEqualTo(text(1));
    }

    @Test
    void aForgedEpochCondemnsNothingAndEnds() {
        var kept = write("kept", text(1));
        put(EPOCH_1, condemned(packs()));
        assertThat(collect().outcome()).isEqualTo(Outcome.COLLECTED);
        assertThat(read(kept)).isEqualTo(text(1));
        assertThat(collect().outcome()).isEqualTo(Outcome.NOTHING);
    }

    @Test
    void anEpochsDocumentsStandForNoOther() {
        var kept = write("kept", text(1));
        catalog().delete(write("gone", text(2)).url());
        assertThat(collect().outcome()).isEqualTo(Outcome.COLLECTED);
        catalog().delete(write("gone", text(3)).url());
        for (var part : List.of("", "+dead", "+done")) {
            put(new ObjectKey("gc/0000000002" + part), stored(new ObjectKey(EPOCH_1 + part)));
        }
        assertThatThrownBy(this::collect)
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("not encrypted for this place");
        assertThat(read(kept)).isEqualTo(text(1));
    }

    @Test
    void anEpochIsNotDoneBecauseSomebodySaysSo() {
        catalog().delete(write("gone", text(2)).url());
        var writing = catalog().begin(BUCKET, new FileName("writing"), "", Map.of());
        assertThat(collect(Duration.ZERO).outcome()).isEqualTo(Outcome.WAITING);
        put(DONE_1, ByteBuffer.wrap(new byte[] {'\n'}));
        var seen = repository().of(account.value());
        seen.writer().close();
        assertThat(seen.isCollecting()).isTrue();
        writing.abort("");
        assertThat(collect().outcome()).isEqualTo(Outcome.COLLECTED);
        assertThat(packs()).isEmpty();
        seen = repository().of(account.value());
        seen.writer().close();
        assertThat(seen.isCollecting()).isFalse();
    }

    @Test
    void anEpochThatIsGoneDoesNotComeBack() {
        var kept = write("kept", text(1));
        catalog().delete(write("gone", text(2)).url());
        assertThat(collect().outcome()).isEqualTo(Outcome.COLLECTED);
        List.of(EPOCH_1, DEAD_1, DONE_1).forEach(objects::delete);
        catalog().delete(write("gone", text(3)).url());
        assertThatThrownBy(this::collect)
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("generation 1, and the newest epoch that is there is 0");
        assertThat(read(kept)).isEqualTo(text(1));
        // Nor does a writer count on anything: the same is stored once more
        var before = packs().size();
        assertThat(read(write("again", text(1)))).isEqualTo(text(1));
        assertThat(packs()).hasSize(before + 1);
    }

    /** A segment that says that a file of one pack lies in another one. */
    @Test
    void anIndexThatLiesCostsNoPack() {
        var kept = write("kept", text(1));
        var lied = packs().getFirst();
        var other = write("other", text(2));
        var elsewhere =
                packs().stream().filter(pack -> !pack.equals(lied)).findFirst().orElseThrow();
        var lie = new SessionIndex();
        // With more than it needs: the largest segments are asked first
        var entries = new ArrayList<>(PackReader.entries(objects, lied));
        // The tree would be missed while marking
        entries.removeIf(
                entry -> entry.id().equals(kept.members().getFirst().root().root()));
        for (var i = 1; i < 50; i++) {
            entries.add(new PackEntry(new ChunkId(i, i, i, i), 8 + i, 100, 50));
        }
        entries.forEach(entry -> lie.claim(entry.id()));
        lie.setDurable(lie.place(elsewhere, entries));
        put(
                new ObjectKey("index/0/" + "0".repeat(32)),
                lie.listable().segment(List.<IndexSegment>of(), ByteBuffer::allocate));
        var outcome = collect().outcome();
        assertThat(packs()).contains(lied, elsewhere);
        assertThat(outcome).isEqualTo(Outcome.NOTHING);
        objects.delete(new ObjectKey("index/0/" + "0".repeat(32)));
        assertThat(read(kept)).isEqualTo(text(1));
        assertThat(read(other)).isEqualTo(text(2));
    }

    @Test
    void aRecordUnderNamesOfNobodyStopsTheCollection() {
        var kept = write("kept", text(1));
        var record = objects.list(new ObjectKey("catalog/"))
                .map(ObjectInfo::key)
                .filter(key -> key.value().endsWith(kept.url().version().value()))
                .findFirst()
                .orElseThrow();
        var name = record.value().split("/", -1)[3];
        var moved = new ObjectKey(record.value().replace(name, name.substring(0, name.length() - 4) + "AAAA"));
        put(moved, stored(record));
        objects.delete(record);
        assertThatThrownBy(this::collect)
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("not made with the store's keys");
        assertThat(packs()).isNotEmpty();
        put(record, stored(moved));
        objects.delete(moved);
        assertThat(collect().outcome()).isEqualTo(Outcome.NOTHING);
        assertThat(read(kept)).isEqualTo(text(1));
    }

    @Test
    void pinsTellNothingAndStandForNoOther() {
        var first = write("first", text(1));
        var second = write("second", text(2));
        try (var _ = catalog().pin(first);
                var _ = catalog().pin(second)) {
            var pins = objects.list(new ObjectKey("catalog/"))
                    .map(ObjectInfo::key)
                    .filter(key -> key.value().contains("+"))
                    .toList();
            assertThat(pins).hasSize(2);
            for (var pin : pins) {
                var shown = StandardCharsets.ISO_8859_1.decode(stored(pin)).toString();
                assertThat(shown).startsWith("ROKSEAL").doesNotContain("first", "second", "roots", "writer");
            }
            catalog().delete(first.url());
            assertThat(collect().outcome()).isEqualTo(Outcome.NOTHING);
            assertThat(read(first)).isEqualTo(text(1));
            put(pins.getFirst(), stored(pins.getLast()));
            assertThatThrownBy(this::collect)
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining("not encrypted for this place");
        }
    }

    private static String text(int which) {
        var bytes = new byte[3000];
        new Random(which).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Repository repository() {
        return kind.open(objects, cache.resolve("one"), random);
    }

    private Actor actor() {
        return new Actor(new Writer("one", "", "", "", 1, 1, "one"), () -> now, random, (_, _) -> () -> {});
    }

    private Catalog catalog() {
        return new Catalog(
                objects,
                account,
                Optional.empty(),
                actor(),
                repository().of(account.value()).dataKeys());
    }

    private GcReport collect() {
        return collect(Duration.ofMinutes(1));
    }

    private GcReport collect(Duration patience) {
        var repository = repository();
        return new Collector(repository, new CatalogScan(objects, actor(), repository.storeKeys()), _ -> {})
                .collect(patience);
    }

    /** A version with a file for each text. */
    private Version write(String file, String... texts) {
        try (var pending = catalog().begin(BUCKET, new FileName(file), "", Map.of());
                var writer = repository().of(account.value()).writer()) {
            var lane = writer.lane();
            var tree = new TreeWriter(new ContentWriter(lane), Optional.of(PLAIN));
            for (var i = 0; i < texts.length; i++) {
                var content = new ContentWriter(lane);
                content.write(texts[i].getBytes(StandardCharsets.ISO_8859_1), 0, texts[i].length());
                tree.add(new Entry.File(ByteString.utf8("file-" + i), PLAIN, content.finish(), ByteString.EMPTY));
            }
            var root = tree.finish();
            lane.close();
            writer.flush();
            return pending.commit(PlainVersion.of(pending.url(), now, root));
        }
    }

    /** A version with one of the files of another one. */
    private Version takeOver(Version from, String file, int which) {
        try (var pending = catalog().begin(BUCKET, new FileName(file), "", Map.of());
                var writer = repository().of(account.value()).writer()) {
            var lane = writer.lane();
            var tree = new TreeWriter(new ContentWriter(lane), Optional.of(PLAIN));
            var entries = new TreeReader(
                    repository().of(account.value()).reader(),
                    from.members().getFirst().root());
            for (var i = 0; entries.hasNext(); i++) {
                var entry = entries.next();
                if (i == which) {
                    tree.add(entry);
                }
            }
            var root = tree.finish();
            lane.close();
            writer.flush();
            return pending.commit(PlainVersion.of(pending.url(), now, root));
        }
    }

    private String read(Version version) {
        var text = new StringBuilder();
        var chunks = repository().of(version.url().account().value()).reader();
        new TreeReader(chunks, version.members().getFirst().root()).forEachRemaining(entry -> {
            var content = ((Entry.File) entry).content();
            for (var in = new ContentInput(chunks, content); in.position() < in.length(); ) {
                text.append((char) in.read());
            }
        });
        return text.toString();
    }

    private List<PackName> packs() {
        return objects.list(PackName.PREFIX)
                .map(info -> PackReader.name(info.key()))
                .toList();
    }

    private List<PackEntry> entries(ObjectInfo pack) {
        return PackReader.entries(objects, PackReader.name(pack.key()));
    }

    /** By which keys a record is encrypted: it says so behind its header. */
    private int generation(ObjectKey pack, PackEntry entry) {
        var two = ByteBuffer.allocate(2);
        objects.get(pack, entry.offset() + 8L, two);
        return two.flip().getShort();
    }

    private ByteBuffer stored(ObjectKey key) {
        return objects.read(key).orElseThrow().content();
    }

    private void put(ObjectKey key, ByteBuffer content) {
        objects.put(key, content, new Condition.Always());
    }

    /** Epoch 1 of a store that is not encrypted. */
    private static ByteBuffer condemned(List<PackName> packs) {
        var out = new ByteWriter(1 << 16).magic(new Magic("ROKCOND", 1)).i64(1).u32(packs.size());
        packs.stream()
                .sorted(PackName.ORDER)
                .forEach(pack -> out.i64(pack.high()).i64(pack.low()));
        return ByteBuffer.wrap(out.u32(Checksum.of(out.array(), 0, out.length()) & 0xffff_ffffL)
                .toByteArray());
    }
}
