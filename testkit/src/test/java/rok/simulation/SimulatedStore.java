package rok.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterators;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import rok.format.StoreException;
import rok.object.LocalObjects;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/**
 * The store as one actor reaches it: each call takes time before and after it has its effect; an answer may get lost, a
 * request too, listings come in pages between which the world goes on, and the actor may die or sleep for hours at any
 * call.
 */
final class SimulatedStore implements ObjectStore, LocalObjects {
    private static final int PAGE = 5;
    private static final String COMMITTED = "\"state\":\"committed\"";
    private static final String PENDING = "\"state\":\"pending\"";

    private final MemoryObjectStore objects;
    private final Simulation simulation;
    private final Simulation.Actor actor;
    private final Faults faults;
    private final Mutation mutation;
    private final BiFunction<ObjectKey, ByteBuffer, ByteBuffer> revealed;
    /** Puts that a mutation holds back. */
    private final List<Runnable> heldBack = new ArrayList<>();
    /** Its process died: what still runs of it, such as clean-up on the way out, reaches nothing. */
    private boolean dead;
    /** What the catalogue's first listing showed, where a mutation shows no other. */
    private List<ObjectKey> frozen = List.of();

    SimulatedStore(
            MemoryObjectStore objects,
            Simulation simulation,
            Simulation.Actor actor,
            Faults faults,
            Mutation mutation,
            BiFunction<ObjectKey, ByteBuffer, ByteBuffer> revealed) {
        this.objects = objects;
        this.simulation = simulation;
        this.actor = actor;
        this.faults = faults;
        this.mutation = mutation;
        this.revealed = revealed;
    }

    /** One in so many calls goes wrong; 0 for never. */
    record Faults(int lostRequest, int lostAnswer, int death, int stall) {
        static final Faults SOME = new Faults(300, 300, 400, 400);
    }

    @Override
    public int putsAtOnce() {
        return 0;
    }

    @Override
    public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        before();
        if (isLost(key)) {
            return new PutResult.Done(new ETag("lost"));
        }
        if (isHeldBack(key)) {
            var copy = copy(content);
            heldBack.add(() -> objects.put(key, copy, new Condition.IfAbsent()));
            return new PutResult.Done(new ETag("held back"));
        }
        var used = mutation == Mutation.SKIP_THE_FENCE && condition instanceof Condition.IfMatches
                ? new Condition.Always()
                : condition;
        var result = objects.put(key, content, used);
        after();
        if (actor.name.startsWith("writer") && !heldBack.isEmpty() && holds(key, content, COMMITTED)) {
            release();
        }
        return result;
    }

    private boolean isLost(ObjectKey key) {
        return mutation == Mutation.NO_PINS && isPin(key);
    }

    private boolean isHeldBack(ObjectKey key) {
        var name = key.value();
        return switch (mutation) {
            case COMMIT_BEFORE_INDEX -> name.startsWith("index/") && actor.name.startsWith("writer");
            case COMMIT_BEFORE_PACKS -> name.startsWith("packs/") && actor.name.startsWith("writer");
            default -> false;
        };
    }

    private static boolean isPin(ObjectKey key) {
        return key.value().startsWith("catalog/") && key.value().contains("+");
    }

    private static boolean isEpoch(ObjectKey key) {
        return key.value().startsWith("gc/") && !key.value().contains("+");
    }

    private boolean holds(ObjectKey key, ByteBuffer content, String text) {
        return StandardCharsets.ISO_8859_1
                .decode(revealed.apply(key, content.duplicate()).duplicate())
                .toString()
                .contains(text);
    }

    private static ByteBuffer copy(ByteBuffer content) {
        return ByteBuffer.allocate(content.remaining()).put(content.duplicate()).flip();
    }

    private void release() {
        heldBack.forEach(Runnable::run);
        heldBack.clear();
    }

    @Override
    public void get(ObjectKey key, long offset, ByteBuffer into) {
        before();
        objects.get(key, offset, into);
    }

    @Override
    public Optional<Stored> read(ObjectKey key) {
        before();
        var stored = objects.read(key);
        if (mutation == Mutation.DO_NOT_WAIT
                && actor.name.startsWith("gc")
                && stored.filter(found -> holds(key, found.content(), PENDING)).isPresent()) {
            return Optional.empty();
        }
        return stored;
    }

    @Override
    public void settle(ObjectKey folder) {
        // What is seen here is durable
    }

    @Override
    public ByteBuffer map(ObjectKey key) {
        before();
        return objects.read(key)
                .orElseThrow(() -> new StoreException.Missing("There is no object " + key))
                .content();
    }

    @Override
    public Optional<ObjectInfo> stat(ObjectKey key) {
        before();
        return mutation == Mutation.REUSE_CONDEMNED && actor.name.startsWith("writer") && isEpoch(key)
                ? Optional.empty()
                : objects.stat(key);
    }

    @Override
    public Stream<ObjectInfo> list(ObjectKey prefix) {
        if (mutation == Mutation.NO_RESCUE && prefix.value().equals("catalog/") && actor.name.startsWith("gc")) {
            if (frozen.isEmpty()) {
                frozen = objects.list(prefix).map(ObjectInfo::key).toList();
            }
            return frozen.stream().flatMap(key -> objects.stat(key).stream());
        }
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new Pages(prefix), 0), false);
    }

    /** A listing whose later pages show what is there when they are asked for. */
    private final class Pages implements Iterator<ObjectInfo> {
        private final ObjectKey prefix;
        private final Deque<ObjectInfo> page = new ArrayDeque<>();
        private String last = "";
        private boolean ended;

        Pages(ObjectKey prefix) {
            this.prefix = prefix;
        }

        @Override
        public boolean hasNext() {
            if (page.isEmpty() && !ended) {
                before();
                try (var all = objects.list(prefix)) {
                    all.filter(info -> info.key().value().compareTo(last) > 0)
                            .limit(PAGE)
                            .forEach(page::add);
                }
                ended = page.size() < PAGE;
                if (!page.isEmpty()) {
                    last = page.getLast().key().value();
                }
            }
            return !page.isEmpty();
        }

        @Override
        public ObjectInfo next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return page.removeFirst();
        }
    }

    @Override
    public Stream<ObjectKey> children(ObjectKey prefix) {
        before();
        return objects.children(prefix);
    }

    @Override
    public boolean isEmpty() {
        return objects.isEmpty();
    }

    @Override
    public void delete(ObjectKey key) {
        before();
        objects.delete(key);
        after();
    }

    @Override
    public void close() {}

    private void before() {
        if (dead) {
            throw new Simulation.Death();
        }
        actor.pause(Duration.ofMillis(1 + simulation.random.nextInt(40)));
        mishap(faults.lostRequest);
    }

    private void after() {
        if (simulation.random.nextInt(4) == 0) {
            actor.pause(Duration.ofMillis(1 + simulation.random.nextInt(40)));
        }
        mishap(faults.lostAnswer);
    }

    private void mishap(int lost) {
        if (happens(faults.stall)) {
            actor.stalls++;
            actor.pause(Duration.ofSeconds(30 + simulation.random.nextInt(20_000)));
        }
        if (happens(faults.death)) {
            dead = true;
            throw new Simulation.Death();
        }
        if (happens(lost)) {
            throw new StoreException.Unavailable("The store did not answer", new IOException("simulated"));
        }
    }

    private boolean happens(int oneIn) {
        return oneIn > 0 && simulation.random.nextInt(oneIn) == 0;
    }
}
