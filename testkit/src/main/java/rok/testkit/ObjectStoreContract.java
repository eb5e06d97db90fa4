package rok.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import rok.format.StoreException;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.ETag;
import rok.object.ObjectStore.ObjectInfo;
import rok.object.ObjectStore.PutResult;

/** What every object store must do; a subclass makes an empty one. */
public abstract class ObjectStoreContract {
    private static final Condition ALWAYS = new Condition.Always();
    private static final Condition IF_ABSENT = new Condition.IfAbsent();

    private ObjectStore store = new MemoryObjectStore();
    private ObjectStore second = store;

    /** Opens the store that this test uses; called a second time, another way into the same one. */
    protected abstract ObjectStore open() throws Exception;

    @BeforeEach
    final void openBoth() throws Exception {
        store = open();
        second = open();
    }

    @AfterEach
    final void closeBoth() {
        second.close();
        store.close();
    }

    @Test
    void anObjectIsReadAsItWasWritten() {
        var content = random(1, 100_000);
        put("packs/ab/one", content, IF_ABSENT);
        assertArrayEquals(content, read(second, "packs/ab/one"));
        var range = ByteBuffer.allocate(1000);
        second.get(new ObjectKey("packs/ab/one"), 99_000, range);
        assertArrayEquals(Arrays.copyOfRange(content, 99_000, 100_000), range.array());
        assertEquals(
                100_000,
                second.stat(new ObjectKey("packs/ab/one")).orElseThrow().size());
    }

    @Test
    void aPutLeavesTheBufferAloneAndTakesDirectOnes() {
        var direct = ByteBuffer.allocateDirect(300_000);
        direct.put(random(2, 300_000)).flip().position(1000).limit(290_000);
        store.put(new ObjectKey("direct"), direct, ALWAYS);
        assertEquals(1000, direct.position());
        assertEquals(290_000, direct.limit());
        var expected = new byte[289_000];
        direct.get(1000, expected);
        assertArrayEquals(expected, read(store, "direct"));
    }

    @Test
    void anEmptyObjectIsAnObject() {
        put("empty", new byte[0], IF_ABSENT);
        assertEquals(
                0, store.read(new ObjectKey("empty")).orElseThrow().content().remaining());
        assertTrue(failed(put("empty", new byte[1], IF_ABSENT)));
    }

    @Test
    void aBigObjectSurvives() {
        var content = random(3, 40 << 20);
        put("big", content, IF_ABSENT);
        var range = ByteBuffer.allocate(content.length);
        second.get(new ObjectKey("big"), 0, range);
        assertArrayEquals(content, range.array());
    }

    @Test
    void anObjectLargerThanTheBoundIsRefused() {
        var content = ByteBuffer.allocateDirect(ObjectStore.OBJECT_BYTES_MAX + 1);
        assertThrows(IllegalArgumentException.class, () -> store.put(new ObjectKey("big"), content, ALWAYS));
    }

    @Test
    void whatIsNotThereIsMissing() {
        var key = new ObjectKey("packs/ab/none");
        assertTrue(store.read(key).isEmpty());
        assertTrue(store.stat(key).isEmpty());
        assertThrows(StoreException.Missing.class, () -> store.get(key, 0, ByteBuffer.allocate(1)));
        store.delete(key);
        put("packs/ab", new byte[1], IF_ABSENT);
        assertTrue(store.read(key).isEmpty());
        assertTrue(store.stat(key).isEmpty());
        assertThrows(StoreException.Missing.class, () -> store.get(key, 0, ByteBuffer.allocate(1)));
        store.delete(key);
    }

    @Test
    void aRangeBeyondTheEndIsCorruptAndNamesTheObject() {
        put("short", new byte[100], IF_ABSENT);
        for (var offset : new long[] {50, 100, 1L << 40}) {
            var e = assertThrows(
                    StoreException.Corrupt.class,
                    () -> store.get(new ObjectKey("short"), offset, ByteBuffer.allocate(51)));
            assertTrue(String.valueOf(e.getMessage()).contains("short"));
        }
    }

    @Test
    void ifAbsentAdmitsOneOfManyAtOnce() throws Exception {
        for (var round = 0; round < 5; round++) {
            var key = "race/" + round;
            var results = race(32, i -> put(i % 2 == 0 ? store : second, key, random(i, 5000), IF_ABSENT));
            var winners = new ArrayList<Integer>();
            for (var i = 0; i < results.size(); i++) {
                if (!failed(results.get(i))) {
                    winners.add(i);
                }
            }
            assertEquals(1, winners.size());
            assertArrayEquals(random(winners.getFirst(), 5000), read(store, key));
        }
    }

    @Test
    void ifMatchesReplacesWhatItSawAndNothingElse() {
        var first = tag(put("record", bytes("one"), IF_ABSENT));
        var two = tag(put("record", bytes("two"), new Condition.IfMatches(first)));
        assertNotEquals(first, two);
        assertEquals(two, second.read(new ObjectKey("record")).orElseThrow().tag());
        assertTrue(failed(put("record", bytes("three"), new Condition.IfMatches(first))));
        assertArrayEquals(bytes("two"), read(store, "record"));
        store.delete(new ObjectKey("record"));
        assertTrue(failed(put("record", bytes("three"), new Condition.IfMatches(two))));
        assertTrue(store.read(new ObjectKey("record")).isEmpty());
    }

    @Test
    void countersThatMatchNeverLoseAStep() throws Exception {
        put("counter", bytes("0"), IF_ABSENT);
        race(8, i -> {
            var mine = i % 2 == 0 ? store : second;
            for (var step = 0; step < 10; step++) {
                increment(mine, new ObjectKey("counter"));
            }
            return new PutResult.ConditionFailed();
        });
        assertEquals("80", new String(read(store, "counter"), US_ASCII));
    }

    @Test
    void aReaderBesideWritersSeesWholeObjects() throws Exception {
        put("whole", random(0, 200_000), ALWAYS);
        race(6, i -> {
            for (var n = 0; n < 20; n++) {
                if (i < 3) {
                    put("whole", random(i, 200_000 + i), ALWAYS);
                } else {
                    var content = read(second, "whole");
                    assertArrayEquals(random(content.length - 200_000, content.length), content);
                }
            }
            return new PutResult.ConditionFailed();
        });
    }

    @Test
    void listsInKeyOrderWhatStartsWithThePrefix() {
        var keys = List.of("a", "a-b", "a.b", "b/a", "b/a0", "b/aa/x", "b/aa.x", "b/aa/y/z", "b0", "c/~%+=@_");
        keys.forEach(key -> put(key, new byte[key.length()], IF_ABSENT));
        for (var prefix : List.of("a", "b", "b/", "b/a", "b/aa/", "b/aa", "c/", "nothing", "nothing/at/all/")) {
            var expected = new TreeSet<>(keys);
            expected.removeIf(key -> !key.startsWith(prefix));
            try (var listed = second.list(new ObjectKey(prefix))) {
                assertEquals(
                        expected.stream()
                                .map(key -> new ObjectInfo(new ObjectKey(key), key.length()))
                                .toList(),
                        listed.toList(),
                        prefix);
            }
        }
    }

    @Test
    void grandchildrenAreTheObjectsTwoSegmentsBelow() {
        List.of("a", "b/a", "b/c/d", "b/c.d/e", "b/c/f", "c/a/b").forEach(key -> put(key, new byte[3], IF_ABSENT));
        try (var found = second.grandchildren(new ObjectKey("b/"))) {
            assertEquals(
                    List.of(new ObjectKey("b/c.d/e"), new ObjectKey("b/c/d"), new ObjectKey("b/c/f")), found.toList());
        }
        try (var found = second.grandchildren(new ObjectKey("nothing/"))) {
            assertEquals(List.of(), found.toList());
        }
    }

    @Test
    void childrenAreWhatLiesOneSegmentBelow() {
        for (var key : List.of("b/a", "b/a-x", "b/d/x", "b/d/y/z", "b/d0", "bb/x")) {
            put(key, new byte[1], IF_ABSENT);
        }
        assertEquals(List.of("b/a", "b/a-x", "b/d/", "b/d0"), children("b/"));
        assertEquals(List.of("b/d/x", "b/d/y/"), children("b/d/"));
        assertEquals(List.of(), children("nothing/"));
        store.delete(new ObjectKey("b/d/y/z"));
        store.delete(new ObjectKey("b/d/x"));
        assertEquals(List.of("b/a", "b/a-x", "b/d0"), children("b/"));
    }

    @Test
    void oddKeysAreKeys() {
        var longest = "x".repeat(ObjectKey.SEGMENT_LENGTH_MAX);
        for (var key : List.of("...", ".hidden/.x", "%41/~", "-/-", longest + "/" + longest + "/" + longest)) {
            put(key, bytes(key), IF_ABSENT);
            assertArrayEquals(bytes(key), read(second, key));
            try (var listed = store.list(new ObjectKey(key))) {
                assertEquals(1, listed.count());
            }
            store.delete(new ObjectKey(key));
            assertTrue(store.stat(new ObjectKey(key)).isEmpty());
        }
    }

    @Test
    void aPrefixIsNoObject() {
        var prefix = new ObjectKey("a/b/");
        assertThrows(IllegalArgumentException.class, () -> store.put(prefix, ByteBuffer.allocate(1), ALWAYS));
        assertThrows(
                IllegalArgumentException.class,
                () -> store.children(new ObjectKey("a/b")).close());
    }

    @Test
    void puttingAndDeletingSideBySideLosesNothing() throws Exception {
        race(8, i -> {
            for (var n = 0; n < 25; n++) {
                var key = new ObjectKey("deep/er/%d/%d".formatted(n, i));
                store.put(key, ByteBuffer.wrap(bytes(key.value())), IF_ABSENT);
                assertArrayEquals(bytes(key.value()), read(second, key.value()));
                second.delete(key);
                assertTrue(store.read(key).isEmpty());
            }
            return new PutResult.ConditionFailed();
        });
        try (var left = store.list(new ObjectKey("deep/"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void emptyMeansNothingLiesHere() {
        assertTrue(store.isEmpty());
        put("a/b", new byte[1], IF_ABSENT);
        assertFalse(second.isEmpty());
        store.delete(new ObjectKey("a/b"));
        assertTrue(second.isEmpty());
    }

    /** Bytes that depend on the seed alone. */
    protected static byte[] random(long seed, int length) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private PutResult put(String key, byte[] content, Condition condition) {
        return put(store, key, content, condition);
    }

    private static PutResult put(ObjectStore to, String key, byte[] content, Condition condition) {
        return to.put(new ObjectKey(key), ByteBuffer.wrap(content), condition);
    }

    private static byte[] read(ObjectStore from, String key) {
        var content = from.read(new ObjectKey(key)).orElseThrow().content();
        assertTrue(content.isReadOnly());
        var bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private List<String> children(String prefix) {
        try (var found = second.children(new ObjectKey(prefix))) {
            return found.map(ObjectKey::value).toList();
        }
    }

    private static void increment(ObjectStore in, ObjectKey counter) {
        while (true) {
            var seen = in.read(counter).orElseThrow();
            var bytes = new byte[seen.content().remaining()];
            seen.content().get(bytes);
            var next = Integer.parseInt(new String(bytes, US_ASCII)) + 1;
            if (!failed(in.put(counter, ByteBuffer.wrap(bytes("" + next)), new Condition.IfMatches(seen.tag())))) {
                return;
            }
        }
    }

    private static boolean failed(PutResult result) {
        return result instanceof PutResult.ConditionFailed;
    }

    private static ETag tag(PutResult result) {
        return assertInstanceOf(PutResult.Done.class, result).tag();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static List<PutResult> race(int racers, Racer racer) throws Exception {
        var start = new CyclicBarrier(racers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<PutResult>>();
            for (var i = 0; i < racers; i++) {
                var number = i;
                tasks.add(() -> {
                    start.await();
                    return racer.run(number);
                });
            }
            var results = new ArrayList<PutResult>();
            for (var result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        }
    }

    private interface Racer {
        PutResult run(int number) throws Exception;
    }
}
