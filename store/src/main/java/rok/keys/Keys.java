package rok.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import rok.cipher.DataRoots;
import rok.cipher.Secret;
import rok.cipher.Share;
import rok.cipher.StoreKeys;
import rok.format.StoreException;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.object.ObjectStore.Stored;

/**
 * The keys of one store, opened by one of its slots, and changes of who can open it. Any number of processes may change
 * them at once: the second change is made upon the first. Safe for use by many threads.
 */
public final class Keys implements DataRoots {
    private static final int TRIES_MAX = 50;

    private final KeyPlace place;
    private final Share share;
    private final SlotKey own;
    private final String ownId;
    private final RandomGenerator random;
    private final StoreKeys data;
    private volatile Ring ring;

    private Keys(KeyPlace place, Share share, SlotKey own, String ownId, Ring ring, RandomGenerator random) {
        this.place = place;
        this.share = share;
        this.own = own;
        this.ownId = ownId;
        this.ring = ring;
        this.random = random;
        this.data = new StoreKeys(this, share, random);
    }

    /**
     * A way to open the store.
     *
     * @param id 16 hex digits
     * @param inUse this process opened it by this one
     */
    public record SlotSummary(String id, Credential.Kind kind, String label, Instant created, boolean inUse) {}

    /** A first slot, for what a store's {@code rok.json} is about to name. */
    public static Keys create(
            KeyPlace place, Share share, Credential credential, String label, Instant now, RandomGenerator random) {
        var kdf = Kdf.strong(credential.kind(), random);
        var id = newId(random);
        try (var master = Secret.random(random);
                var secret = kdf.derive(credential)) {
            var key = SlotKey.of(secret);
            var member = new Ring.Member(id, now, credential.kind(), key.publicKey(), checked(label));
            var ring = new Ring(Secret.random(random), List.of(Secret.random(random)), List.of(member));
            var slot = SlotKey.seal(master, key.publicKey(), id, kdf, place.binding(), 1, new SecureRandom());
            var bytes =
                    Opened.document(ring, master, List.of(slot), place, random).encode();
            if (place.store().put(place.key(), ByteBuffer.wrap(bytes), new Condition.IfAbsent())
                    instanceof PutResult.ConditionFailed) {
                throw new IllegalStateException("%s is there already: its name was not random".formatted(place.what()));
            }
            return new Keys(place, share, key, id, ring, random);
        }
    }

    /**
     * Opens by the first slot that the credential fits. Throws {@link StoreException.Locked} where there is none, and
     * {@link StoreException.Corrupt} where the keys are not those that were written.
     */
    public static Keys open(KeyPlace place, Share share, Unlock unlock, RandomGenerator random) {
        var document = read(place).document;
        try (var credential = unlock.credential(place.store().toString())) {
            for (var slot : document.slots()) {
                if (slot.kdf().kind() != credential.kind()) {
                    continue;
                }
                try (var secret = slot.kdf().derive(credential)) {
                    var key = SlotKey.of(secret);
                    var opened = Opened.by(key, slot, document, place);
                    if (opened.isPresent()) {
                        opened.get().close();
                        return new Keys(
                                place, share, key, slot.id(), opened.get().ring(), random);
                    }
                }
            }
            document.strange().ifPresent(strange -> {
                throw strange;
            });
            throw locked(place, document, credential);
        }
    }

    private static StoreException.Locked locked(KeyPlace place, KeyDocument document, Credential credential) {
        var fitting = document.slots().stream()
                .filter(slot -> slot.kdf().kind() == credential.kind())
                .count();
        return new StoreException.Locked(
                fitting == 0
                        ? "The store in %s has no slot for %s".formatted(place.store(), credential)
                        : "The %s that was given does not open the store in %s (%d %s tried)"
                                .formatted(
                                        credential.toString().substring(2),
                                        place.store(),
                                        fitting,
                                        fitting == 1 ? "slot" : "slots"));
    }

    /** What data is encrypted with. */
    public StoreKeys data() {
        return data;
    }

    public Share share() {
        return share;
    }

    /** All ways to open the store, as they are now. */
    public List<SlotSummary> slots() {
        try (var opened = reopen(read(place).document)) {
            return opened.ring().members().stream()
                    .map(member -> new SlotSummary(
                            member.id(),
                            member.kind(),
                            member.label(),
                            member.created(),
                            member.id().equals(ownId)))
                    .toList();
        }
    }

    /** Lets one more credential open the store; gives the slot's id. Throws {@link KeyRefusedException} at the 17th. */
    public String add(Credential credential, String label, Instant now) {
        var kdf = Kdf.strong(credential.kind(), random);
        var id = newId(random);
        try (var secret = kdf.derive(credential)) {
            var publicKey = SlotKey.of(secret).publicKey();
            var member = new Ring.Member(id, now, credential.kind(), publicKey, checked(label));
            change(opened -> {
                if (opened.ring().members().size() == KeyDocument.SLOTS_MAX) {
                    throw new KeyRefusedException("The store has %d key slots, and can't have more: remove one first"
                            .formatted(KeyDocument.SLOTS_MAX));
                }
                var members = new ArrayList<>(opened.ring().members());
                members.add(member);
                var slots = new ArrayList<>(opened.document().slots());
                slots.add(seal(opened.master(), member, kdf, opened.ring().generation()));
                return new Change(opened.ring().with(members), opened.master(), slots);
            });
        }
        return id;
    }

    /** The slot opens the store no more. Throws {@link KeyRefusedException} for the last one, or none. */
    public void remove(String id) {
        change(opened -> {
            var members = new ArrayList<>(opened.ring().members());
            if (!members.removeIf(member -> member.id().equals(id))) {
                throw new KeyRefusedException("There is no key slot %s any more".formatted(id));
            }
            if (members.isEmpty()) {
                throw new KeyRefusedException(
                        "Slot %s is the last one: without it nobody could open the store again".formatted(id));
            }
            var slots = new ArrayList<>(opened.document().slots());
            slots.removeIf(slot -> slot.id().equals(id));
            return new Change(opened.ring().with(members), opened.master(), slots);
        });
    }

    /** A new master key, and a new root for the data of the next generation, which is returned. */
    public int rotate() {
        try (var master = Secret.random(random)) {
            return change(opened -> {
                if (opened.ring().generation() == GENERATIONS_MAX) {
                    throw new KeyRefusedException(
                            "The keys were rotated %d times, and can't be again".formatted(GENERATIONS_MAX - 1));
                }
                var ring = opened.ring().with(Secret.random(random));
                var slots = opened.document().slots().stream()
                        .map(slot -> seal(master, member(ring, slot.id()), slot.kdf(), ring.generation()))
                        .toList();
                return new Change(ring, master, slots);
            });
        }
    }

    private static Ring.Member member(Ring ring, String id) {
        return ring.members().stream()
                .filter(member -> member.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private Slot seal(Secret master, Ring.Member member, Kdf kdf, int generation) {
        return SlotKey.seal(
                master, member.publicKey(), member.id(), kdf, place.binding(), generation, new SecureRandom());
    }

    /** What the key document is to become. */
    private record Change(Ring ring, Secret master, List<Slot> slots) {}

    private interface Edit {
        Change of(Opened opened);
    }

    /** Makes the change upon what is there now; gives the generation. */
    private synchronized int change(Edit edit) {
        for (var tries = 0; tries < TRIES_MAX; tries++) {
            var before = read(place);
            try (var opened = reopen(before.document)) {
                opened.requireWhole(place);
                var change = edit.of(opened);
                var bytes = Opened.document(change.ring, change.master, change.slots, place, random)
                        .encode();
                if (replace(bytes, before.stored)) {
                    ring = change.ring;
                    return change.ring.generation();
                }
            }
        }
        throw new StoreException.Unavailable(
                "The keys of %s change again and again".formatted(place.store()), new IllegalStateException());
    }

    /** False where somebody else was faster; an answer that got lost is looked for. */
    private boolean replace(byte[] bytes, Stored before) {
        try {
            if (place.store().put(place.key(), ByteBuffer.wrap(bytes), new Condition.IfMatches(before.tag()))
                    instanceof PutResult.Done) {
                return true;
            }
        } catch (StoreException.Unavailable e) {
            if (read(place).stored.content().equals(ByteBuffer.wrap(bytes))) {
                return true;
            }
            throw e;
        }
        return read(place).stored.content().equals(ByteBuffer.wrap(bytes));
    }

    private record Read(KeyDocument document, Stored stored) {}

    private static Read read(KeyPlace place) {
        var stored = place.store()
                .read(place.key())
                .orElseThrow(() -> new StoreException.Corrupt(
                        "%s is not there: nothing of the store can be read without it; put back a copy"
                                .formatted(place.what())));
        return new Read(KeyDocument.decode(stored.content(), place.what()), stored);
    }

    private Opened reopen(KeyDocument document) {
        return document.slots().stream()
                .filter(slot -> slot.id().equals(ownId))
                .findFirst()
                .flatMap(slot -> Opened.by(own, slot, document, place))
                .orElseThrow(() -> new StoreException.Locked(
                        "The key slot %s by which the store in %s was opened is gone: start again with another key"
                                .formatted(ownId, place.store())));
    }

    @Override
    public Secret ids() {
        return ring.ids();
    }

    @Override
    public int newest() {
        return ring.generation();
    }

    @Override
    public Secret root(int generation) {
        if (generation < 1 || generation > GENERATIONS_MAX) {
            throw unknown(generation);
        }
        if (generation > ring.generation()) {
            refresh(generation);
        }
        return ring.roots().get(generation - 1);
    }

    private synchronized void refresh(int generation) {
        if (generation > ring.generation()) {
            try (var opened = reopen(read(place).document)) {
                if (generation > opened.ring().generation()) {
                    throw unknown(generation);
                }
                ring = opened.ring();
            }
        }
    }

    private StoreException.Corrupt unknown(int generation) {
        var text = "Something in %s is corrupt: it names key generation %d, and the keys have %d"
                .formatted(place.store(), generation, ring.generation());
        return generation < 1 || generation > GENERATIONS_MAX
                ? new StoreException.Corrupt(text)
                : new StoreException.KeyMissing(
                        "%s. If an older %s was put back, put the newer one in its place".formatted(text, place.key()));
    }

    private static String newId(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong());
    }

    private static String checked(String label) {
        var bytes = label.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Ring.LABEL_BYTES_MAX || label.chars().anyMatch(Character::isISOControl)) {
            throw new KeyRefusedException("A label is one line of at most %d bytes".formatted(Ring.LABEL_BYTES_MAX));
        }
        return label;
    }

    /** The slot whose id begins so, if it is exactly one; for who types it. */
    public static Optional<String> find(List<SlotSummary> slots, String beginning) {
        var found = slots.stream()
                .map(SlotSummary::id)
                .filter(id -> id.startsWith(beginning))
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    @Override
    public String toString() {
        return "the keys of " + place.store();
    }
}
