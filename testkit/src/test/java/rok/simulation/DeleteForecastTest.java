package rok.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.Pause;
import rok.gc.Collector;
import rok.gc.DeleteForecast;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.object.MemoryObjectStore;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.TreeWriter;

/** What is foretold of a delete, against a count by hand and what the collection then does. */
@ParameterizedClass
@EnumSource(Kind.class)
class DeleteForecastTest {
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, List.of());
    private static final Duration LONG = Duration.ofHours(1);
    private static final int FILES = 20;

    private final Kind kind;

    @TempDir
    Path cache;

    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final Random random = new Random(17);
    /** Which files each version has. */
    private final Map<RokUrl, Set<Integer>> versions = new HashMap<>();

    DeleteForecastTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void setUp() {
        kind.create(objects, cache, random);
    }

    @RepeatedTest(12)
    void isWhatComesToPass(RepetitionInfo repetition) {
        random.setSeed(repetition.getCurrentRepetition());
        for (var i = 0; i < 10; i++) {
            var account = kind.accounts().get(i % kind.accounts().size());
            var files = new HashSet<Integer>();
            random.ints(1 + random.nextInt(6), 0, FILES).forEach(files::add);
            write(account, files);
        }
        var all = new ArrayList<>(versions.keySet());
        all.sort((a, b) -> a.version().compareTo(b.version()));
        for (var round = 0; round < 3; round++) {
            var going = new HashSet<>(all.subList(0, 1 + random.nextInt(3)));
            var before = planned();
            var freed = forecast().of(going, LONG).orElseThrow();
            assertThat(freed.chunks()).isEqualTo(chunksOfOnly(going));
            going.forEach(url -> catalog(url.account()).delete(url));
            all.removeAll(going);
            assertThat(planned() - before).isEqualTo(freed.collected());
            if (random.nextBoolean()) {
                collector().collect(LONG);
            }
        }
    }

    @Test
    void whatOthersNeedFreesNothingAndWhatIsGoneNeither() {
        var account = kind.accounts().getFirst();
        var first = write(account, Set.of(1, 2));
        write(account, Set.of(1, 2));
        assertThat(forecast().of(Set.of(first), LONG)).contains(new DeleteForecast.Freed(0, 0, 0));
        catalog(account).delete(first);
        assertThat(forecast().of(Set.of(first), LONG)).contains(new DeleteForecast.Freed(0, 0, 0));
    }

    @Test
    void whoWaitsNoLongerGetsNoAnswer() {
        var version = write(kind.accounts().getFirst(), Set.of(1));
        assertThat(forecast().of(Set.of(version), Duration.ofNanos(-1))).isEmpty();
    }

    /** Files of one chunk each, that are the same only within an account, and a tree for each set of them. */
    private long chunksOfOnly(Set<RokUrl> going) {
        var lost = new HashSet<String>();
        going.forEach(url -> lost.addAll(chunks(url)));
        versions.keySet().stream()
                .filter(url -> !going.contains(url)
                        && catalog(url.account()).record(url).isPresent())
                .forEach(url -> lost.removeAll(chunks(url)));
        return lost.size();
    }

    private Set<String> chunks(RokUrl url) {
        var files = Objects.requireNonNull(versions.get(url));
        var chunks = new HashSet<>(Set.of(url.account() + " tree " + files));
        files.forEach(file -> chunks.add(url.account() + " file " + file));
        return chunks;
    }

    private RokUrl write(AccountName account, Set<Integer> which) {
        var files = new TreeSet<>(which);
        var catalog = catalog(account);
        try (var pending = catalog.begin(new BucketName("b"), new FileName("f"), "", Map.of())) {
            var writer = open().of(account.value()).writer();
            var lane = writer.lane();
            var tree = new TreeWriter(new ContentWriter(lane), Optional.of(PLAIN));
            for (var file : files) {
                var content = new ContentWriter(lane);
                var bytes = bytes(file);
                content.write(bytes, 0, bytes.length);
                var name = ByteString.utf8("%03d".formatted(file));
                tree.add(new Entry.File(name, PLAIN, content.finish(), ByteString.EMPTY));
            }
            var root = tree.finish();
            lane.close();
            writer.flush();
            pending.commit(PlainVersion.of(pending.url(), Instant.EPOCH, root));
            versions.put(pending.url(), files);
            return pending.url();
        }
    }

    /** The file's content: less than the smallest chunk, and always the same. */
    private static byte[] bytes(int file) {
        var bytes = new byte[1000 + 700 * file];
        new Random(file).nextBytes(bytes);
        return bytes;
    }

    private long planned() {
        return collector().plan().freedBytes();
    }

    private Collector collector() {
        var repository = open();
        return new Collector(repository, scan(repository), Pause.real(), 3);
    }

    private DeleteForecast forecast() {
        var repository = open();
        return new DeleteForecast(repository, scan(repository));
    }

    private CatalogScan scan(Repository repository) {
        return new CatalogScan(objects, Actor.system(), repository.storeKeys());
    }

    private Repository open() {
        return kind.open(objects, cache, random);
    }

    private Catalog catalog(AccountName account) {
        return new Catalog(
                objects,
                account,
                Optional.empty(),
                Actor.system(),
                open().of(account.value()).dataKeys());
    }
}
