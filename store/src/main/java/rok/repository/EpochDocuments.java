package rok.repository;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.ObjectInfo;
import rok.pack.PackName;

/**
 * What garbage collection leaves behind of each epoch, proved and put right. What an epoch condemned is of interest until
 * the next one begins; that there was one, for ever. One document is held at a time.
 */
public final class EpochDocuments {
    private static final ByteBuffer DONE = ByteBuffer.wrap(new byte[] {'\n'}).asReadOnlyBuffer();

    private final ObjectStore store;
    private final Epochs epochs;
    private final boolean isEncrypted;

    EpochDocuments(ObjectStore store, Epochs epochs, boolean isEncrypted) {
        this.store = store;
        this.epochs = epochs;
        this.isEncrypted = isEncrypted;
    }

    /**
     * A document that is not as it should be.
     *
     * @param problem in users' words
     * @param epoch that it is of
     * @param treatment what {@link #settle} does about it
     */
    public record Problem(ObjectKey key, String problem, long epoch, Treatment treatment) {}

    /** What becomes of a document that is not as it should be. */
    public enum Treatment {
        /** It is written anew, and its epoch ends. */
        REPLACE,
        /** It goes: without it the epoch is as far as it is in truth, and the next collection goes on with it. */
        REMOVE,
        /** It may be good, and the keys are older than they were. */
        LEAVE
    }

    /**
     * Looks at all of them.
     *
     * @param generation the newest that segments are of: there was an epoch of that number
     * @param foreign is told of what lies among them and is none
     */
    public List<Problem> problems(long generation, Consumer<ObjectKey> foreign) {
        var listed = listed(foreign);
        var newest = Math.max(generation, listed.isEmpty() ? 0 : listed.lastKey());
        var found = new ArrayList<Problem>();
        for (var epoch = 1L; epoch <= newest; epoch++) {
            new Proof(epoch, newest, found).run();
        }
        return found;
    }

    private SortedMap<Long, Set<String>> listed(Consumer<ObjectKey> foreign) {
        var listed = new TreeMap<Long, Set<String>>();
        try (var keys = store.list(Epochs.TOP)) {
            for (var info : (Iterable<ObjectInfo>) keys::iterator) {
                Epochs.numberOf(info.key())
                        .ifPresentOrElse(
                                number -> listed.computeIfAbsent(number, _ -> new HashSet<>())
                                        .add(info.key().value()),
                                () -> foreign.accept(info.key()));
            }
        }
        return listed;
    }

    /** One epoch. What the listing left out is asked for: it may have been put meanwhile. */
    private final class Proof {
        private final long epoch;
        private final boolean isLast;
        private final List<Problem> found;
        private final boolean isDone;

        Proof(long epoch, long newest, List<Problem> found) {
            this.epoch = epoch;
            this.isLast = epoch == newest;
            this.found = found;
            this.isDone = store.stat(Epochs.done(epoch)).isPresent();
        }

        void run() {
            var decided = set(Epochs.dead(epoch));
            var condemned = set(Epochs.condemned(epoch));
            if (!isDone
                    && condemned.isPresent()
                    && decided.isPresent()
                    && !condemned.get().containsAll(decided.get())) {
                add(Epochs.dead(epoch), "It names packs that %s does not".formatted(Epochs.condemned(epoch)));
            }
            if (isDone) {
                done();
            } else if (!isLast && condemned.isPresent()) {
                missing(Epochs.done(epoch), "a later epoch began");
            }
        }

        private Optional<Set<PackName>> set(ObjectKey key) {
            try {
                var stored = store.read(key);
                if (stored.isEmpty() && key.equals(Epochs.condemned(epoch))) {
                    missing(key, "its epoch began");
                }
                return stored.map(document -> Epochs.decode(key, epochs.opened(key, document.content())));
            } catch (StoreException.KeyMissing e) {
                add(key, String.valueOf(e.getMessage()), Treatment.LEAVE);
                return Optional.empty();
            } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                add(key, String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        }

        private void done() {
            var key = Epochs.done(epoch);
            // Where nobody who has the keys says that the last epoch is done, it is open
            var treatment = isLast && isEncrypted ? Treatment.REMOVE : Treatment.REPLACE;
            try {
                var content = store.read(key).map(stored -> epochs.opened(key, stored.content()));
                if (content.isPresent() && !content.get().equals(DONE)) {
                    add(
                            key,
                            "It has %d bytes that are not a line feed"
                                    .formatted(content.get().remaining()),
                            treatment);
                }
            } catch (StoreException.KeyMissing e) {
                add(key, String.valueOf(e.getMessage()), Treatment.LEAVE);
            } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                add(key, String.valueOf(e.getMessage()), treatment);
            }
        }

        private void missing(ObjectKey key, String reason) {
            add(key, "It is not there, and %s".formatted(reason));
        }

        private void add(ObjectKey key, String problem) {
            add(key, problem, Treatment.REPLACE);
        }

        private void add(ObjectKey key, String problem, Treatment treatment) {
            found.add(new Problem(key, problem, epoch, treatment));
        }
    }

    /**
     * Puts a document right, and ends its epoch: it condemns nothing, and nobody goes on with it. Writers then count on no
     * more than where its list can't be read, and the next collection begins a new one. What was there is replaced, never
     * absent in between, so that nobody takes an earlier epoch for the newest.
     */
    public void settle(Problem problem) {
        var epoch = problem.epoch();
        switch (problem.treatment()) {
            case LEAVE -> {}
            case REMOVE -> store.delete(problem.key());
            case REPLACE -> {
                if (problem.key().equals(Epochs.done(epoch))) {
                    replace(problem.key(), epochs.doneContent(epoch));
                } else {
                    replace(problem.key(), epochs.emptyContent(problem.key(), epoch));
                    epochs.finish(epoch);
                }
            }
        }
    }

    private void replace(ObjectKey key, ByteBuffer content) {
        var condition = store.read(key)
                .<Condition>map(stored -> new Condition.IfMatches(stored.tag()))
                .orElse(new Condition.IfAbsent());
        // Another repair does the same
        var _ = store.put(key, content, condition);
    }
}
