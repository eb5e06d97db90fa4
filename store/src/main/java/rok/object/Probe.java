package rok.object;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import rok.format.StoreException;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.ETag;
import rok.object.ObjectStore.PutResult;

/**
 * Finds out what a store really does, by doing it: conditions, races, what is seen after a write, ranges, odd keys. It
 * works below {@code probe/} and leaves nothing there. A store that fails a fatal check must hold no repository.
 */
public final class Probe {
    /** Where the probe's objects lie while it runs. */
    public static final ObjectKey PREFIX = new ObjectKey("probe/");

    /** Large enough to go up in parts where a store does that. */
    private static final int LARGE_BYTES = 33 << 20;

    private static final int RACERS = 32;
    private static final int ROUNDS = 4;
    private static final int TIMED = 15;
    private static final Duration SKEW_MAX = Duration.ofMinutes(5);
    private static final Condition IF_ABSENT = new Condition.IfAbsent();

    private final ObjectStore store;
    private final RandomGenerator random;
    private final LongSupplier nanos;
    private final String folder;
    private final List<Check> checks = new ArrayList<>();

    /** @param nanos a clock that only goes on */
    public Probe(ObjectStore store, RandomGenerator random, LongSupplier nanos) {
        this.store = store;
        this.random = random;
        this.nanos = nanos;
        this.folder = "%s%016x/".formatted(PREFIX, random.nextLong());
    }

    /** What became of a check. */
    public enum Result {
        OK,
        /** Worth knowing; a repository works all the same. */
        FAILED,
        /** A repository would lose data, or its versions. */
        FATAL
    }

    /**
     * One of the findings.
     *
     * @param asked what the store was asked to do
     * @param seen what it did
     */
    public record Check(String name, String asked, String seen, Result result) {}

    /** Does all of it. A store that cannot be used at all (no bucket, no permission, no answer) throws. */
    public List<Check> run() {
        try {
            // Whatever stands in the way of everything shows here, as what it is.
            store.put(key("first"), bytes("first"), new Condition.Always());
            store.delete(key("first"));
            check("if absent", "the same key twice, if absent: the second is refused", this::ifAbsent);
            check("if matches", "right tag, wrong tag, no object: only the first is done", this::ifMatches);
            check("race to create", RACERS + " writers at once, if absent: one wins", this::raceToCreate);
            check("race to replace", RACERS + " writers at once, with one tag: one wins", this::raceToReplace);
            check("read after write", "what was put or replaced is read at once", this::readAfterWrite);
            check("read after delete", "what was deleted is gone at once", this::readAfterDelete);
            check("list after write", "put and deleted keys show in the list at once, in order", this::list);
            check("ranges", "the middle of an object; past its end is refused", this::ranges);
            check("odd keys", "keys with every character that a key may have, and long ones", this::oddKeys);
            check("large object", "%d MiB, if absent, twice; and read back".formatted(LARGE_BYTES >> 20), this::large);
            clock();
            latency();
            return List.copyOf(checks);
        } finally {
            clear(store, new ObjectKey(folder));
        }
    }

    /** What forbids a repository here, as a sentence; empty when nothing does. */
    public static String refusal(List<Check> checks) {
        return checks.stream()
                .filter(check -> check.result == Result.FATAL)
                .map(check -> "%s: asked for %s; seen: %s".formatted(check.name, check.asked, check.seen))
                .collect(Collectors.joining("; "));
    }

    /** Removes what interrupted probes left; answers whether nothing else lies in the store. */
    public static boolean clearLeftovers(ObjectStore store) {
        try (var children = store.children(PREFIX)) {
            if (children.findAny().isPresent()) {
                clear(store, PREFIX);
            }
        }
        return store.isEmpty();
    }

    private static void clear(ObjectStore store, ObjectKey below) {
        List<ObjectKey> keys;
        try (var left = store.list(below)) {
            keys = left.map(ObjectStore.ObjectInfo::key).toList();
        }
        keys.forEach(store::delete);
    }

    /** A check says what it saw, or throws {@link Fault}. */
    @FunctionalInterface
    private interface Step {
        String run() throws InterruptedException, ExecutionException;
    }

    private static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fault(String seen) {
            super(seen);
        }
    }

    private void check(String name, String asked, Step step) {
        try {
            checks.add(new Check(name, asked, step.run(), Result.OK));
        } catch (Fault e) {
            checks.add(new Check(name, asked, String.valueOf(e.getMessage()), Result.FATAL));
        } catch (StoreException.Unavailable | StoreException.Denied e) {
            throw e;
        } catch (StoreException e) {
            checks.add(new Check(name, asked, String.valueOf(e.getMessage()), Result.FATAL));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException.Unavailable unavailable) {
                throw unavailable;
            }
            checks.add(new Check(name, asked, String.valueOf(e.getCause()), Result.FATAL));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.Unavailable("The probe was interrupted", e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Fault(otherwise);
        }
    }

    private String ifAbsent() {
        var key = key("absent");
        require(put(key, "one", IF_ABSENT), "a new key was refused");
        require(!put(key, "two", IF_ABSENT), "the second was done as well: the condition is ignored");
        require(text(key).equals("one"), "the second was refused, and is there all the same");
        return "refused";
    }

    private String ifMatches() {
        var key = key("matches");
        var first = tag(key, "one", IF_ABSENT);
        var second = tag(key, "two", new Condition.IfMatches(first));
        require(!first.equals(second), "the tag stayed the same when the content changed");
        require(
                !put(key, "three", new Condition.IfMatches(first)),
                "a put with an old tag was done: the condition is ignored");
        require(text(key).equals("two"), "a refused put is there all the same");
        var read = store.read(key).orElseThrow(() -> new Fault("the object is gone"));
        require(read.tag().equals(second), "reading gives another tag than the put did");
        require(
                !put(key("none"), "four", new Condition.IfMatches(second)),
                "a put with a tag was done where there is no object");
        require(store.stat(key("none")).isEmpty(), "a refused put is there all the same");
        return "done, refused, refused";
    }

    private String raceToCreate() throws InterruptedException, ExecutionException {
        for (var round = 0; round < ROUNDS; round++) {
            race(key("create-" + round), IF_ABSENT);
        }
        return "one of %d in each of %d rounds".formatted(RACERS, ROUNDS);
    }

    private String raceToReplace() throws InterruptedException, ExecutionException {
        for (var round = 0; round < ROUNDS; round++) {
            var key = key("replace-" + round);
            race(key, new Condition.IfMatches(tag(key, "before", IF_ABSENT)));
        }
        return "one of %d in each of %d rounds".formatted(RACERS, ROUNDS);
    }

    private void race(ObjectKey key, Condition condition) throws InterruptedException, ExecutionException {
        var start = new CyclicBarrier(RACERS);
        var writers = new ArrayList<Callable<Boolean>>();
        for (var i = 0; i < RACERS; i++) {
            var content = "writer " + i;
            writers.add(() -> {
                start.await();
                return put(key, content, condition);
            });
        }
        var winners = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = threads.invokeAll(writers);
            for (var i = 0; i < RACERS; i++) {
                if (results.get(i).get()) {
                    winners.add("writer " + i);
                }
            }
        }
        require(winners.size() == 1, "%d of %d won".formatted(winners.size(), RACERS));
        require(winners.getFirst().equals(text(key)), "another one's content is there than the winner's");
    }

    private String readAfterWrite() {
        for (var i = 0; i < TIMED; i++) {
            var key = key("write-" + i);
            put(key, "old " + i, IF_ABSENT);
            require(text(key).equals("old " + i), "a new object reads as something else");
            put(key, "new " + i, new Condition.Always());
            require(text(key).equals("new " + i), "an old content was read after it was replaced");
        }
        return "seen, %d times".formatted(TIMED);
    }

    private String readAfterDelete() {
        for (var i = 0; i < TIMED; i++) {
            var key = key("delete-" + i);
            put(key, "x", IF_ABSENT);
            store.delete(key);
            require(store.read(key).isEmpty() && store.stat(key).isEmpty(), "still there");
            store.delete(key);
        }
        return "gone, %d times".formatted(TIMED);
    }

    private String list() {
        var expected = new TreeSet<ObjectKey>();
        for (var name : List.of("a", "a-b", "a.b", "a/b", "a/b0", "a/b/c", "a0", "A", "_", "~", "%41", "+", "=", "@")) {
            expected.add(key("list/" + name + "/x"));
        }
        expected.forEach(key -> put(key, "x", IF_ABSENT));
        require(
                listed("list/").equals(List.copyOf(expected)),
                "%s were put, %s listed".formatted(expected, listed("list/")));
        while (!expected.isEmpty()) {
            store.delete(expected.removeFirst());
            require(listed("list/").equals(List.copyOf(expected)), "a deleted key is still listed");
        }
        return "all, in the order of the keys";
    }

    private List<ObjectKey> listed(String below) {
        try (var found = store.list(key(below))) {
            return found.map(ObjectStore.ObjectInfo::key).toList();
        }
    }

    private String ranges() {
        var key = key("range");
        var content = new byte[100_000];
        random.nextBytes(content);
        store.put(key, ByteBuffer.wrap(content), IF_ABSENT);
        var middle = ByteBuffer.allocate(1000);
        store.get(key, 50_000, middle);
        require(
                Arrays.equals(middle.array(), Arrays.copyOfRange(content, 50_000, 51_000)),
                "the middle reads as something else");
        for (var offset : new long[] {99_500, 100_000}) {
            require(!gives(key, offset), "bytes past the end were given");
        }
        return "right bytes; refused";
    }

    private boolean gives(ObjectKey key, long offset) {
        try {
            store.get(key, offset, ByteBuffer.allocate(1000));
            return true;
        } catch (StoreException.Corrupt e) {
            return false;
        }
    }

    private String oddKeys() {
        var longest = "x".repeat(ObjectKey.SEGMENT_LENGTH_MAX);
        var names = List.of(
                "%C3%9Cberblick%201",
                "~w5xiZXJibGljaw", "a+b=c@d", "...", ".hidden/.x", "%2Eenv", longest + "/" + longest + "/" + longest);
        for (var name : names) {
            var key = key("odd/" + name);
            put(key, name, IF_ABSENT);
            require(text(key).equals(name), "%s reads as something else".formatted(key));
            require(listed("odd/" + name).equals(List.of(key)), "%s is listed as something else".formatted(key));
            store.delete(key);
        }
        return "%d keys put, read, listed, deleted".formatted(names.size());
    }

    private String large() {
        var key = key("large");
        var content = new byte[LARGE_BYTES];
        random.nextBytes(content);
        var before = nanos.getAsLong();
        require(store.put(key, ByteBuffer.wrap(content), IF_ABSENT) instanceof PutResult.Done, "a new key was refused");
        var put = nanos.getAsLong();
        var back = ByteBuffer.allocate(LARGE_BYTES);
        store.get(key, 0, back);
        var got = nanos.getAsLong();
        require(Arrays.equals(content, back.array()), "it reads as something else");
        require(
                store.put(key, ByteBuffer.wrap(content), IF_ABSENT) instanceof PutResult.ConditionFailed,
                "the second was done as well: the condition is ignored for large objects");
        return "refused; up %s, down %s".formatted(rate(put - before), rate(got - put));
    }

    private static String rate(long nanoseconds) {
        return String.format(Locale.ROOT, "%.1f MiB/s", LARGE_BYTES / (double) (1 << 20) / (nanoseconds * 1e-9));
    }

    private void clock() {
        if (store instanceof RemoteObjects remote) {
            var skew = remote.clockSkew();
            checks.add(new Check(
                    "clock",
                    "the server's clock within %d minutes of this one".formatted(SKEW_MAX.toMinutes()),
                    skew.map(off -> "%+d s".formatted(off.toSeconds())).orElse("the server does not tell the time"),
                    skew.filter(off -> off.abs().compareTo(SKEW_MAX) > 0).isPresent() ? Result.FAILED : Result.OK));
        }
    }

    private void latency() {
        var puts = new long[TIMED];
        var gets = new long[TIMED];
        for (var i = 0; i < TIMED; i++) {
            var start = nanos.getAsLong();
            put(key("time-" + i), "x", IF_ABSENT);
            var put = nanos.getAsLong();
            text(key("time-" + i));
            puts[i] = put - start;
            gets[i] = nanos.getAsLong() - put;
        }
        checks.add(new Check(
                "latency",
                "the median of %d small puts and reads".formatted(TIMED),
                "put %s, read %s".formatted(median(puts), median(gets)),
                Result.OK));
    }

    private static String median(long[] nanoseconds) {
        Arrays.sort(nanoseconds);
        return String.format(Locale.ROOT, "%.1f ms", nanoseconds[nanoseconds.length / 2] * 1e-6);
    }

    private ObjectKey key(String name) {
        return new ObjectKey(folder + name);
    }

    private boolean put(ObjectKey key, String content, Condition condition) {
        return store.put(key, bytes(content), condition) instanceof PutResult.Done;
    }

    private ETag tag(ObjectKey key, String content, Condition condition) {
        return switch (store.put(key, bytes(content), condition)) {
            case PutResult.Done done -> done.tag();
            case PutResult.ConditionFailed _ -> throw new Fault("a put whose condition holds was refused");
        };
    }

    private String text(ObjectKey key) {
        return store.read(key)
                .map(stored -> StandardCharsets.UTF_8.decode(stored.content()).toString())
                .orElse("");
    }

    private static ByteBuffer bytes(String content) {
        return ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
    }
}
