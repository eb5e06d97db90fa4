package rok.repository;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import rok.cipher.DocumentCipher;
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
    private static final String PREFIX = "gc/";
    static final ObjectKey TOP = new ObjectKey(PREFIX);
    private static final String DEAD = "+dead";
    private static final String DONE = "+done";
    private static final int DIGITS = 10;
    private static final int PACKS_MAX = 1 << 23;
    private static final int HEADER_BYTES = 20;
    private static final int CHECKSUM_BYTES = 4;

    private final ObjectStore store;
    private final Optional<DocumentCipher> cipher;
    private Epoch last = new Epoch(0, Set.of(), Epoch.State.DONE);

    /** @param cipher that makes what is written known again, where the repository is encrypted */
    Epochs(ObjectStore store, Optional<DocumentCipher> cipher) {
        this.store = store;
        this.cipher = cipher;
    }

    /**
     * The newest one; number 0, condemning nothing and finished, where there was none yet. Numbers have no gaps and never go,
     * so that usually one look at the next number tells that there is none.
     */
    synchronized Epoch newest() {
        var number = newestNumber(last.number());
        if (number != last.number() || last.state() != Epoch.State.DONE) {
            last = look(number);
        }
        return last;
    }

    private long newestNumber(long known) {
        var there = known;
        var step = 1L;
        while (exists(key(there + step))) {
            there += step;
            step *= 2;
        }
        var missing = there + step;
        while (missing - there > 1) {
            var middle = (there + missing) >>> 1;
            if (exists(key(middle))) {
                there = middle;
            } else {
                missing = middle;
            }
        }
        return there;
    }

    private Epoch look(long number) {
        var done = done(number);
        if (cipher.isEmpty() ? exists(done) : isOurs(done)) {
            return new Epoch(number, Set.of(), Epoch.State.DONE);
        }
        // What an epoch condemns never changes
        return number == last.number() && last.state() == Epoch.State.OPEN ? last : open(number);
    }

    /** A collector with the store's keys wrote it: one that somebody else put says nothing. */
    private boolean isOurs(ObjectKey key) {
        try {
            return store.read(key).map(stored -> opened(key, stored.content())).isPresent();
        } catch (StoreException.Corrupt | StoreException.Incompatible _) {
            return false;
        }
    }

    private boolean exists(ObjectKey key) {
        return store.stat(key).isPresent();
    }

    /** Makes this the newest epoch; false when somebody else made one of this number. */
    boolean publish(long number, Collection<PackName> condemned) {
        var content = sealed(key(number), encode(number, condemned));
        // Where the answer gets lost it may have happened: who can't tell stops, and the next collector finishes it
        return store.put(key(number), content, new Condition.IfAbsent()) instanceof PutResult.Done;
    }

    /** Which of an epoch's packs are dead, where that was decided. */
    Optional<Set<PackName>> decided(long number) {
        return set(dead(number));
    }

    /** The packs that a list or a decision names, if it is there; throws as {@link #decode}. */
    Optional<Set<PackName>> set(ObjectKey key) {
        return store.read(key).map(stored -> decode(key, opened(key, stored.content())));
    }

    /** Decides it, once and for all, unless somebody else did; answers what was decided. */
    Set<PackName> decide(long number, Collection<PackName> dead) {
        var key = dead(number);
        var _ = store.put(key, sealed(key, encode(number, dead)), new Condition.IfAbsent());
        return decided(number).orElseThrow(() -> new StoreException.Missing("There is no " + key));
    }

    /** All that the epoch had to do is done. */
    void finish(long number) {
        var key = done(number);
        var content = doneContent(number);
        // Somebody else may have finished it as well, or only said so
        if (store.put(key, content.duplicate(), new Condition.IfAbsent()) instanceof PutResult.ConditionFailed
                && cipher.isPresent()
                && !isOurs(key)) {
            store.put(key, content, new Condition.Always());
        }
    }

    /** What stands in the document that says that an epoch is done. */
    ByteBuffer doneContent(long number) {
        return sealed(done(number), ByteBuffer.wrap(new byte[] {'\n'}));
    }

    /** What stands in a list or a decision that names no packs. */
    ByteBuffer emptyContent(ObjectKey key, long number) {
        return sealed(key, encode(number, Set.of()));
    }

    private ByteBuffer sealed(ObjectKey key, ByteBuffer content) {
        return cipher.map(with -> ByteBuffer.wrap(with.seal(key.value(), bytes(content))))
                .orElse(content);
    }

    /** The document in an envelope, or what stands for one. Throws {@link StoreException.Corrupt}. */
    ByteBuffer opened(ObjectKey key, ByteBuffer content) {
        return cipher.map(with -> ByteBuffer.wrap(with.open(key.value(), content, "Epoch " + key)))
                .orElse(content);
    }

    private static byte[] bytes(ByteBuffer content) {
        var bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }

    private Epoch open(long number) {
        var key = key(number);
        try {
            var content = store.read(key).orElseThrow(() -> new StoreException.Missing("There is no " + key));
            return new Epoch(number, decode(key, opened(key, content.content())), Epoch.State.OPEN);
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

    static ObjectKey condemned(long number) {
        return key(number);
    }

    static ObjectKey dead(long number) {
        return new ObjectKey(key(number) + DEAD);
    }

    static ObjectKey done(long number) {
        return new ObjectKey(key(number) + DONE);
    }

    /** The epoch that a key below {@link #TOP} is a document of, if it is one. */
    static Optional<Long> numberOf(ObjectKey key) {
        var name = key.value().substring(PREFIX.length());
        var number = name.endsWith(DEAD) || name.endsWith(DONE) ? name.substring(0, name.lastIndexOf('+')) : name;
        return number.length() == DIGITS && number.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Optional.of(Long.parseLong(number)).filter(epoch -> epoch > 0)
                : Optional.empty();
    }

    private static ObjectKey key(long number) {
        return new ObjectKey(PREFIX + ("%0" + DIGITS + "d").formatted(number));
    }
}
