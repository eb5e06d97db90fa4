package rok.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.FencedException;
import rok.catalog.Pause;
import rok.catalog.Pending;
import rok.catalog.Version;
import rok.catalog.Writer;
import rok.format.StoreException;
import rok.gc.Collector;
import rok.gc.GcReport.Outcome;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.repository.ChunkWriter;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;
import rok.snapshot.TreeWriter;

/** Meetings of a collector and a writer that chance hardly ever brings about, and what they come to without the rule. */
@ParameterizedClass
@EnumSource(Kind.class)
class GcScenarioTest {
    private static final ObjectKey EPOCH_1 = new ObjectKey("gc/0000000001");
    private static final ObjectKey DECISION_1 = new ObjectKey("gc/0000000001+dead");
    private static final AccountName ACCOUNT = new AccountName("a");
    private static final ObjectKey CATALOG = new ObjectKey("catalog/");
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, List.of());

    private final Kind kind;

    @TempDir
    Path cache;

    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final Random random = new Random(11);
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    /** What happens beside the collector: before it puts an object, and before each of its listings of the catalogue. */
    private final Map<ObjectKey, Runnable> beforePut = new HashMap<>();

    private final Map<Integer, Runnable> beforeListing = new HashMap<>();
    private int listings;
    /** The rule to publish before looking who writes is broken: what is put first gets there after the second listing. */
    private boolean publishesLate;

    GcScenarioTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void setUp() {
        kind.create(objects, cache, random);
    }

    @Test
    void whatAWriterTakesOverStaysThoughItsVersionGoes() {
        assertThat(readsAfterTakingOver(true)).isEqualTo("x");
    }

    @Test
    void withoutSayingSoItWouldGo() {
        assertThatThrownBy(() -> readsAfterTakingOver(false)).isInstanceOf(StoreException.class);
    }

    /** A version that was committed between the marks refers to a condemned pack, and goes before the second mark. */
    private String readsAfterTakingOver(boolean isSaid) {
        new Session("old").write("x").commit();
        deleteAll();
        var between = new Session("between");
        var last = new Session[1];
        beforePut.put(EPOCH_1, () -> between.write("x").commit());
        // 1: the first mark, 2: who is waited for, 3: the second mark
        beforeListing.put(3, () -> {
            last[0] = new Session("last");
            assertThat(last[0].repository.isCollecting()).isTrue();
            last[0].takeOver(between, isSaid);
            deleteAll();
        });
        assertThat(collect()).isEqualTo(Outcome.COLLECTED);
        return read(last[0].commit());
    }

    @Test
    void aWriterThatBeginsAfterAnEpochCountsOnNothingThatItCondemned() {
        new Session("old").write("x").commit();
        deleteAll();
        var late = new Session[1];
        beforeListing.put(3, () -> late[0] = new Session("late").write("x"));
        assertThat(collect()).isEqualTo(Outcome.COLLECTED);
        assertThat(read(late[0].commit())).isEqualTo("x");
    }

    @Test
    void aWriterThatBeganBeforeIsWaitedForAndRescuesWhatItFound() {
        new Session("old").write("x").commit();
        deleteAll();
        var slow = new Session("slow");
        var version = new Version[1];
        assertThat(collect(
                        _ -> version[0] = version[0] == null ? slow.write("x").commit() : version[0]))
                .isEqualTo(Outcome.COLLECTED);
        assertThat(read(version[0])).isEqualTo("x");
    }

    @Test
    void aWriterThatSleptThroughItsLeaseAndTwoCollectionsFailsAtItsCommit() {
        new Session("old").write("x").commit();
        deleteAll();
        var sleeper = new Session("sleeper").write("x");
        now = now.plus(Duration.ofHours(5));
        assertThat(collect()).isEqualTo(Outcome.COLLECTED);
        assertThat(collect()).isIn(Outcome.COLLECTED, Outcome.NOTHING);
        assertThatThrownBy(() -> sleeper.commit()).isInstanceOf(FencedException.class);
    }

    @Test
    void aCollectionThatWaitedInVainIsFinishedByTheNext() {
        new Session("old").write("x").commit();
        deleteAll();
        var slow = new Session("slow").write("y");
        var repository = kind.open(objects, cache.resolve("gc"), random);
        var scan = new CatalogScan(objects, actor("gc"), repository.storeKeys());
        assertThat(new Collector(repository, scan, _ -> {})
                        .collect(Duration.ZERO)
                        .outcome())
                .isEqualTo(Outcome.WAITING);
        var version = slow.commit();
        assertThat(collect()).isEqualTo(Outcome.COLLECTED);
        assertThat(read(version)).isEqualTo("y");
        assertThat(collect()).isEqualTo(Outcome.NOTHING);
    }

    @Test
    void aWriterThatBeganBeforeTheEpochWasPublishedIsSeen() {
        assertThat(readsWhatWasFoundAsTheEpochCame()).isEqualTo("x");
    }

    @Test
    void publishedAfterTheListingItWouldNotBe() {
        publishesLate = true;
        assertThatThrownBy(this::readsWhatWasFoundAsTheEpochCame).isInstanceOf(StoreException.class);
    }

    /** A writer begins right before the epoch can be seen, finds what that condemns, and commits as soon as it may. */
    private String readsWhatWasFoundAsTheEpochCame() {
        new Session("old").write("x").commit();
        deleteAll();
        var writer = new Session[1];
        var version = new Version[1];
        beforePut.put(EPOCH_1, () -> writer[0] = new Session("new").write("x"));
        assertThat(collect(_ -> version[0] = version[0] == null ? writer[0].commit() : version[0]))
                .isEqualTo(Outcome.COLLECTED);
        return read(version[0] == null ? writer[0].commit() : version[0]);
    }

    /** One saw the version that rescues a pack; when the other one marked, that had been deleted. */
    @Test
    void ofTwoCollectorsThatWouldDecideDifferentlyOneDecides() {
        new Session("old").write("x").commit();
        deleteAll();
        var between = new Session("between");
        beforePut.put(EPOCH_1, () -> between.write("x").commit());
        var other = new Outcome[1];
        beforePut.put(DECISION_1, () -> {
            deleteAll();
            other[0] = collect(objects, "other", _ -> {});
        });
        assertThat(collect()).isEqualTo(Outcome.COLLECTED);
        assertThat(other[0]).isEqualTo(Outcome.COLLECTED);
        // The one that would have kept the pack must not have said so to anybody
        assertThat(read(new Session("after").write("x").commit())).isEqualTo("x");
        assertThat(collect()).isIn(Outcome.NOTHING, Outcome.COLLECTED);
        assertThat(read(new Session("last").write("x").commit())).isEqualTo("x");
    }

    /** The answer to the write that commits is lost, and a collection goes through before the writer asks again. */
    @Test
    void aCommitWhoseAnswerIsLostStaysThoughACollectionCameFirst() {
        new Session("old").write("x").commit();
        deleteAll();
        var lossy = new LosesAnAnswer();
        var writer = new Session("lossy", lossy).write("y");
        lossy.meanwhile = Optional.of(() -> assertThat(collect()).isEqualTo(Outcome.COLLECTED));
        var version = writer.commit();
        assertThat(lossy.meanwhile).isEmpty();
        assertThat(read(version)).isEqualTo("y");
        assertThat(catalog("reader").files(new BucketName("b")).items()).hasSize(1);
    }

    /** Its record was fenced, and removed, and another version of the same file was made: what it knew does not come back. */
    @Test
    void aWriterWhoseRecordIsGoneDoesNotMakeItAgain() {
        new Session("old").write("z").commit();
        deleteAll();
        var sleeper = new Session("file").write("x");
        now = now.plus(Duration.ofHours(5));
        assertThat(collect()).isEqualTo(Outcome.COLLECTED);
        now = now.plus(Duration.ofDays(60));
        assertThat(collect()).isIn(Outcome.NOTHING, Outcome.COLLECTED);
        assertThat(catalog("reader").files(new BucketName("b")).items()).isEmpty();
        var after = new Session("file").write("y").commit();
        assertThatThrownBy(sleeper::commit).isInstanceOf(FencedException.class);
        assertThat(versionsOf("file")).containsExactly(after.url());
        assertThat(read(after)).isEqualTo("y");
    }

    /** Who deletes a version a second time, late, does not meet the one that came after it. */
    @Test
    void aDeleteThatComesTwiceDoesNotMeetWhatCameMeanwhile() {
        var first = new Session("file").write("x").commit();
        catalog("deleter").delete(first.url());
        var second = new Session("file").write("x").commit();
        assertThatThrownBy(() -> catalog("late").delete(first.url())).isInstanceOf(StoreException.Missing.class);
        assertThat(versionsOf("file")).containsExactly(second.url());
        assertThat(collect()).isIn(Outcome.NOTHING, Outcome.COLLECTED);
        assertThat(read(second)).isEqualTo("x");
    }

    private List<RokUrl> versionsOf(String file) {
        return catalog("reader").versions(new BucketName("b"), new FileName(file)).items().stream()
                .map(version -> version.url())
                .toList();
    }

    private Outcome collect() {
        return collect(_ -> {});
    }

    private Outcome collect(Pause pause) {
        return collect(new Beside(), "gc", pause);
    }

    private Outcome collect(ObjectStore store, String who, Pause pause) {
        var repository = kind.open(store, cache.resolve(who), random);
        return new Collector(repository, new CatalogScan(store, actor(who), repository.storeKeys()), pause)
                .collect(Duration.ofMinutes(1))
                .outcome();
    }

    private void deleteAll() {
        var catalog = catalog("deleter");
        catalog.files(new BucketName("b"))
                .items()
                .forEach(file -> file.head().ifPresent(head -> catalog.delete(head.url())));
    }

    private Repository open(String who) {
        return kind.open(objects, cache.resolve(who), random).of(ACCOUNT.value());
    }

    private Catalog catalog(String who) {
        return catalog(who, objects);
    }

    private Catalog catalog(String who, ObjectStore store) {
        return new Catalog(
                store, ACCOUNT, Optional.empty(), actor(who), open(who).dataKeys());
    }

    private Actor actor(String who) {
        return new Actor(new Writer(who, "", "", "", 1, 1, who), () -> now, random, (_, _) -> () -> {});
    }

    private String read(Version version) {
        var text = new StringBuilder();
        var chunks = open("reader").reader();
        new TreeReader(chunks, version.members().getFirst().root()).forEachRemaining(entry -> {
            var content = ((Entry.File) entry).content();
            for (var in = new ContentInput(chunks, content); in.position() < in.length(); ) {
                text.append((char) in.read());
            }
        });
        return text.toString();
    }

    /** A version of one file, being written by a process of its own. */
    private final class Session {
        private final Repository repository;
        private final Pending pending;
        private final ChunkWriter writer;
        private final ChunkWriter.Lane lane;
        private Optional<Content> file = Optional.empty();
        private Optional<Version> version = Optional.empty();

        Session(String who) {
            this(who, objects);
        }

        Session(String who, ObjectStore store) {
            pending = catalog(who, store).begin(new BucketName("b"), new FileName(who), "", Map.of());
            repository = open(who);
            writer = repository.writer();
            lane = writer.lane();
        }

        Session write(String text) {
            var content = new ContentWriter(lane);
            content.write(text.getBytes(StandardCharsets.US_ASCII), 0, text.length());
            file = Optional.of(content.finish());
            return this;
        }

        void takeOver(Session other, boolean isSaid) {
            if (isSaid) {
                assertThat(pending.keep(other.version.orElseThrow())).isTrue();
            }
            file = other.file;
        }

        Version commit() {
            var tree = new TreeWriter(new ContentWriter(lane), Optional.of(PLAIN));
            tree.add(new Entry.File(ByteString.utf8("file"), PLAIN, file.orElseThrow(), ByteString.EMPTY));
            var root = tree.finish();
            lane.close();
            writer.flush();
            var committed = pending.commit(PlainVersion.of(pending.url(), now, root));
            version = Optional.of(committed);
            return committed;
        }
    }

    /** The store as the collector sees it, while others go on. */
    private final class Beside extends Through {
        private Runnable late = () -> {};

        @Override
        public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
            var others = beforePut.getOrDefault(key, () -> {});
            if (publishesLate && key.equals(EPOCH_1)) {
                late = () -> {
                    others.run();
                    super.put(key, content, condition);
                };
                return new PutResult.Done(new ETag("late"));
            }
            others.run();
            return super.put(key, content, condition);
        }

        @Override
        public Stream<ObjectInfo> list(ObjectKey prefix) {
            if (!prefix.equals(CATALOG)) {
                return super.list(prefix);
            }
            beforeListing.getOrDefault(++listings, () -> {}).run();
            var listed = super.list(prefix);
            if (listings == 2) {
                late.run();
            }
            return listed;
        }
    }

    /** The store as a writer sees it: the answer to the write that commits is lost. */
    private final class LosesAnAnswer extends Through {
        /** What happens before the writer notices. */
        private Optional<Runnable> meanwhile = Optional.empty();

        @Override
        public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
            var result = super.put(key, content, condition);
            if (condition instanceof Condition.IfMatches && meanwhile.isPresent()) {
                meanwhile.get().run();
                meanwhile = Optional.empty();
                throw new StoreException.Unavailable("The store did not answer", new IOException("timeout"));
            }
            return result;
        }
    }

    private class Through implements ObjectStore {
        @Override
        public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
            return objects.put(key, content, condition);
        }

        @Override
        public Stream<ObjectInfo> list(ObjectKey prefix) {
            return objects.list(prefix);
        }

        @Override
        public void get(ObjectKey key, long offset, ByteBuffer into) {
            objects.get(key, offset, into);
        }

        @Override
        public Optional<Stored> read(ObjectKey key) {
            return objects.read(key);
        }

        @Override
        public Optional<ObjectInfo> stat(ObjectKey key) {
            return objects.stat(key);
        }

        @Override
        public Stream<ObjectKey> children(ObjectKey prefix) {
            return objects.children(prefix);
        }

        @Override
        public boolean isEmpty() {
            return objects.isEmpty();
        }

        @Override
        public void delete(ObjectKey key) {
            objects.delete(key);
        }

        @Override
        public void close() {}
    }
}
