package rok.repository;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rok.format.ByteReader;
import rok.format.ByteWriter;
import rok.format.Checksum;
import rok.format.Magic;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.pack.PackName;

/**
 * The epochs of garbage collection: each condemns packs, once and for all, and is finished when those that nothing
 * rescued are gone (docs/format/gc.md). Safe for use by many threads.
 */
final class Epochs {
    private static final Magic MAGIC = new Magic("ROKCOND", 1);
    private static final ObjectKey PREFIX = new ObjectKey("gc/");
    private static final String DEAD = "+dead";
    private static final String DONE = "+done";
    private static final int DIGITS = 10;
    private static final int PACKS_MAX = 1 << 23;
    private static final int HEADER_BYTES = 20;
    private static final int CHECKSUM_BYTES = 4;

    private final ObjectStore store;
    private @Nullable Epoch last;

    Epochs(ObjectStore store) {
        this.store = store;
    }

    /** The newest one; number 0, condemning nothing and finished, where there was none yet. */
    synchronized Epoch newest() {
        var number = 0L;
        var done = true;
        try (var keys = store.keys(PREFIX)) {
            for (var key : (Iterable<ObjectKey>) keys::iterator) {
                var name = key.value().substring(PREFIX.value().length());
                var plus = name.indexOf('+');
                var found = number(plus < 0 ? name : name.substring(0, plus));
                if (found.isPresent() && found.get() >= number) {
                    done = name.endsWith(DONE) || (done && found.get() == number);
                    number = found.get();
                }
            }
        }
        var known = last;
        if (known == null || known.number() != number || (known.state() == Epoch.State.DONE) != done) {
            known = done ? new Epoch(number, Set.of(), Epoch.State.DONE) : open(number);
            last = known;
        }
        return known;
    }

    /** Makes this the newest epoch; false when somebody else made one of this number. */
    boolean publish(long number, Collection<PackName> condemned) {
        var content = encode(number, condemned);
        // Where the answer gets lost it may have happened: who can't tell stops, and the next collector finishes it
        return store.put(key(number), content, new Condition.IfAbsent()) instanceof PutResult.Done;
    }

    /** Which of an epoch's packs are dead, where that was decided. */
    Optional<Set<PackName>> dead(long number) {
        var key = new ObjectKey(key(number) + DEAD);
        return store.read(key).map(stored -> decode(key, stored.content()));
    }

    /** Decides it, once and for all, unless somebody else did; answers what was decided. */
    Set<PackName> decide(long number, Collection<PackName> dead) {
        var key = new ObjectKey(key(number) + DEAD);
        var _ = store.put(key, encode(number, dead), new Condition.IfAbsent());
        return dead(number).orElseThrow(() -> new StoreException.Missing("There is no " + key));
    }

    /** All that the epoch had to do is done. */
    void finish(long number) {
        // Somebody else may have finished it as well
        var _ = store.put(
                new ObjectKey(key(number) + DONE), ByteBuffer.wrap(new byte[] {'\n'}), new Condition.IfAbsent());
    }

    private Epoch open(long number) {
        var key = key(number);
        try {
            var content = store.read(key).orElseThrow(() -> new StoreException.Missing("There is no " + key));
            return new Epoch(number, decode(key, content.content()), Epoch.State.OPEN);
        } catch (StoreException.Corrupt | StoreException.Incompatible | StoreException.Missing _) {
            return new Epoch(number, Set.of(), Epoch.State.DAMAGED);
        }
    }

    static ByteBuffer encode(long number, Collection<PackName> condemned) {
        if (condemned.size() > PACKS_MAX) {
            throw new IllegalArgumentException("%,d packs are too many for one epoch".formatted(condemned.size()));
        }
        var bytes = HEADER_BYTES + condemned.size() * PackName.BYTES + CHECKSUM_BYTES;
        var out = new ByteWriter(bytes).magic(MAGIC).i64(number).u32(condemned.size());
        condemned.stream()
                .sorted(PackName.ORDER)
                .forEach(pack -> out.i64(pack.high()).i64(pack.low()));
        out.u32(Checksum.of(out.array(), 0, out.length()) & 0xffff_ffffL);
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** Throws {@link StoreException.Corrupt} and {@link StoreException.Incompatible}. */
    static Set<PackName> decode(ObjectKey key, ByteBuffer content) {
        var what = "Epoch " + key;
        if (content.remaining() < HEADER_BYTES + CHECKSUM_BYTES) {
            throw new StoreException.Corrupt("%s is corrupt: it has %d bytes".formatted(what, content.remaining()));
        }
        MAGIC.check(content.getLong(content.position()), what);
        var length = content.remaining() - CHECKSUM_BYTES;
        var computed = Checksum.of(content, content.position(), length);
        var stored = content.getInt(content.position() + length);
        if (stored != computed) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: its checksum is %08x, computed %08x".formatted(what, stored, computed));
        }
        var in = new ByteReader(content.slice(content.position() + 8, length - 8), what);
        var number = in.i64();
        var count = in.u32();
        if (!key.value().startsWith(key(number).value()) || in.remaining() != count * PackName.BYTES) {
            throw in.corrupt("it is number %d, of %d packs".formatted(number, count));
        }
        var packs = HashSet.<PackName>newHashSet((int) count);
        for (var i = 0L; i < count; i++) {
            packs.add(new PackName(in.i64(), in.i64()));
        }
        return Set.copyOf(packs);
    }

    private static ObjectKey key(long number) {
        return new ObjectKey(PREFIX.value() + ("%0" + DIGITS + "d").formatted(number));
    }

    private static Optional<Long> number(String name) {
        return name.length() == DIGITS && name.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Optional.of(Long.parseLong(name))
                : Optional.empty();
    }
}
