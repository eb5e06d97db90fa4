package rok.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import rok.cipher.Share;
import rok.format.StoreException;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;
import rok.testkit.FaultyObjectStore;
import rok.testkit.FaultyObjectStore.Faults;

/** Changes of keys in a store whose answers get lost: what was said to be done is done, and the store stays open. */
class KeysFaultTest {
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
    private static final Faults FAULTS = new Faults(0.1, 0.3, 0, 0, 0);
    private static final int SEEDS = 40;

    /** Of all: two with one seed would draw the same ids. */
    private final Random random = new Random(5);

    private static Credential file(int which) {
        var content = new byte[32];
        Arrays.fill(content, (byte) which);
        return Credential.keyFile(content);
    }

    private static KeyPlace place(ObjectStore store) {
        return KeyPlace.of(store, "0".repeat(32), ByteBuffer.allocate(3));
    }

    private Keys open(ObjectStore store, int which) {
        return Keys.open(place(store), Share.REPOSITORY, _ -> file(which), random);
    }

    @Test
    void whatWasAcknowledgedHolds() {
        var lost = 0;
        for (var seed = 0; seed < SEEDS; seed++) {
            var store = new MemoryObjectStore();
            Keys.create(place(store), Share.REPOSITORY, file(1), "first", NOW, new Random(seed));
            var generations = 0;
            var added = new TreeSet<Integer>(Set.of(1));
            for (var which = 2; which < 8; which++) {
                try {
                    var keys = open(new FaultyObjectStore(store, seed * 100 + which, FAULTS), 1);
                    keys.add(file(which), "", NOW);
                    added.add(which);
                    keys.rotate();
                    generations++;
                } catch (StoreException.Unavailable e) {
                    lost++; // the change was made, or was not
                }
            }
            for (var which : added) {
                var keys = open(store, which);
                assertThat(keys.newest()).as("seed %d", seed).isGreaterThanOrEqualTo(1 + generations);
                assertThat(keys.slots()).hasSizeGreaterThanOrEqualTo(added.size());
            }
            // Nothing was made twice
            assertThat(open(store, 1).slots()).hasSizeLessThanOrEqualTo(7);
        }
        assertThat(lost).isBetween(SEEDS, 6 * SEEDS - 1);
    }

    @Test
    void aWriterThatDiesAnywhereLeavesTheStoreOpen() {
        for (var stop = 0; stop < 12; stop++) {
            var store = new MemoryObjectStore();
            Keys.create(place(store), Share.REPOSITORY, file(1), "first", NOW, new Random(stop));
            var root = open(store, 1).root(1).copy();
            var done = 0;
            try {
                var keys = open(new FaultyObjectStore(store, stop, Faults.NONE).stoppingAt(stop), 1);
                keys.add(file(2), "", NOW);
                done++;
                keys.rotate();
                done++;
                keys.remove(keys.slots().getLast().id());
                done++;
            } catch (StoreException.Unavailable e) {
                assertThat(done).isLessThan(3);
            }
            assertThat(open(store, 1).root(1).copy()).isEqualTo(root);
            if (done == 1 || done == 2) {
                assertThat(open(store, 2).root(1).copy()).isEqualTo(root);
            }
        }
    }
}
