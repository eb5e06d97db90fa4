package rok.repository;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.cipher.DataKeys;
import rok.cipher.Share;
import rok.cipher.StoreKeys;
import rok.format.StoreException;
import rok.keys.Credential;
import rok.keys.KeyPlace;
import rok.keys.Keys;
import rok.keys.Unlock;
import rok.object.LocalObjects;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.object.RemoteObjects;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.parallel.Background;

/**
 * The chunks of one store. Opening reads one small object, and the keys of an encrypted one; indexes load with the first
 * look-up, native code with the first chunk that is compressed. Safe for use by many threads; the object store stays the
 * caller's to close.
 */
public final class Repository {
    private static final int PROOF_PACKS_MAX = 100;

    private final ObjectStore store;
    private final Epochs epochs;
    private final ChunkIndex index;
    private final RandomGenerator random;
    private final String id;
    private final Optional<Keys> keys;
    private final Scopes scopes;
    private final Optional<String> scope;
    private final Path cache;
    private final StructureFiles kept;

    private Repository(
            ObjectStore store, Path cache, Parameters parameters, RandomGenerator random, Optional<Keys> keys) {
        this.store = store;
        this.epochs = new Epochs(store, keys.map(all -> all.data().documents()));
        this.cache = cache.resolve(parameters.id());
        this.kept = StructureFiles.in(this.cache);
        this.index = new ChunkIndex(store, epochs, this.cache);
        this.random = random;
        this.id = parameters.id();
        this.keys = keys;
        this.scopes = new Scopes(keys.map(Keys::data));
        // Where all share, the account makes no difference
        this.scope = keys.filter(all -> all.share() == Share.ACCOUNT).isPresent()
                ? Optional.empty()
                : Optional.of(Scopes.SHARED);
    }

    private Repository(Repository all, String scope) {
        this.store = all.store;
        this.epochs = all.epochs;
        this.index = all.index;
        this.random = all.random;
        this.id = all.id;
        this.keys = all.keys;
        this.scopes = all.scopes;
        this.scope = Optional.of(scope);
        this.cache = all.cache;
        this.kept = all.kept;
    }

    /** Names this store among all: what is kept about it elsewhere goes by it. */
    public String id() {
        return id;
    }

    /** Who can open it; nothing where it is not encrypted. */
    public Optional<Keys> keys() {
        return keys;
    }

    /** The same repository as an account sees it: where accounts don't share, with that one's keys. */
    public Repository of(String account) {
        return new Repository(this, scopes.of(account));
    }

    /** What this account's catalogue is encrypted with; nothing where the repository is not. */
    public Optional<DataKeys> dataKeys() {
        return codecs().keys();
    }

    /** What all accounts' catalogues are encrypted with; nothing where the repository is not. */
    public Optional<StoreKeys> storeKeys() {
        return keys.map(Keys::data);
    }

    /** Names, encodes and decodes chunks as this repository does; one per thread. */
    public ChunkCodec codec() {
        return codecs().codec();
    }

    private Codecs codecs() {
        return scopes.codecs(
                scope.orElseThrow(() -> new IllegalStateException("Accounts do not share here: name one")));
    }

    /** There is a repository in this store. */
    public static boolean exists(ObjectStore store) {
        return store.stat(Parameters.KEY).isPresent();
    }

    /** As {@link #create(ObjectStore, Path, RandomGenerator)}, with the system's randomness. */
    public static Repository create(ObjectStore store, Path cache) {
        return create(store, cache, new SystemRandom());
    }

    /**
     * Makes a repository in an empty store, or opens the one that is there. Throws {@link StoreException.Incompatible}
     * where something else lies.
     *
     * @param cache a folder for copies that can be lost: made when it is needed, shared by any number of repositories
     * @param random names packs and index segments
     */
    public static Repository create(ObjectStore store, Path cache, RandomGenerator random) {
        if (!exists(store)) {
            requireEmpty(store);
            var content = Parameters.random(random).encode();
            // A lost race is as good as won: the repository is there.
            var _ = store.put(Parameters.KEY, ByteBuffer.wrap(content), new Condition.IfAbsent());
        }
        return open(store, cache, Unlock.NONE, random);
    }

    /** As {@link #createEncrypted(ObjectStore, Path, Encryption, RandomGenerator)}, with the system's randomness. */
    public static Repository createEncrypted(ObjectStore store, Path cache, Encryption encryption) {
        return createEncrypted(store, cache, encryption, new SystemRandom());
    }

    /**
     * Makes an encrypted repository in an empty store. Throws {@link StoreException.Incompatible} where something lies,
     * also where somebody else made a repository a moment before.
     *
     * @param random also makes the keys
     */
    public static Repository createEncrypted(
            ObjectStore store, Path cache, Encryption encryption, RandomGenerator random) {
        requireEmpty(store);
        var parameters = Parameters.random(random, encryption.share());
        var content = ByteBuffer.wrap(parameters.encode());
        var place = KeyPlace.of(store, parameters.encryption().orElseThrow().keys(), content);
        var keys = Keys.create(
                place, encryption.share(), encryption.credential(), encryption.label(), encryption.now(), random);
        // After the keys: there is no moment at which the store could not be opened
        if (store.put(Parameters.KEY, content, new Condition.IfAbsent()) instanceof PutResult.ConditionFailed) {
            store.delete(place.key());
            throw notEmpty(store);
        }
        return new Repository(store, cache, parameters, random, Optional.of(keys));
    }

    /** How a repository is to be encrypted, and by whom it can be opened first. The credential stays the caller's. */
    public record Encryption(Share share, Credential credential, String label, Instant now) {}

    private static void requireEmpty(ObjectStore store) {
        if (!store.isEmpty()) {
            throw notEmpty(store);
        }
    }

    private static StoreException.Incompatible notEmpty(ObjectStore store) {
        return new StoreException.Incompatible(
                "%s is not empty and holds no Rok store: choose an empty place".formatted(store));
    }

    /**
     * What is wrong with {@code rok.json} of a store that holds more than that, in users' words; empty where nothing is, or
     * where there is no store at all. Throws {@link StoreException.Incompatible} for one of a newer format.
     */
    public static Optional<String> problem(ObjectStore store) {
        var content = store.read(Parameters.KEY);
        if (content.isEmpty()) {
            return holdsParts(store) ? Optional.of("It is not there, and packs or versions are") : Optional.empty();
        }
        try {
            Parameters.decode(content.get().content(), store.toString());
            return Optional.empty();
        } catch (StoreException.Corrupt e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static boolean holdsParts(ObjectStore store) {
        return Stream.of(PackName.PREFIX, new ObjectKey("index/"), new ObjectKey("catalog/"))
                .anyMatch(prefix -> holds(store, prefix));
    }

    private static boolean holds(ObjectStore store, ObjectKey prefix) {
        try (var below = store.children(prefix)) {
            return below.findAny().isPresent();
        }
    }

    /**
     * Writes {@code rok.json} anew where it is damaged or gone. What a damaged one said is lost but for the id, which only
     * local caches go by, so the store is another one to these. Throws {@link StoreException.Corrupt} where the packs show
     * that this is not how the store was made, as those of an encrypted one do: its keys open with the very bytes that were
     * written, and one that is not encrypted in their place would have the next snapshot stored in the open.
     */
    public static void rebuild(ObjectStore store) {
        proveParameters(store);
        var content = Parameters.random(new SystemRandom()).encode();
        var damaged = store.read(Parameters.KEY);
        if (damaged.isPresent()) {
            store.put(
                    new ObjectKey("quarantine/" + Parameters.KEY), damaged.get().content(), new Condition.Always());
            store.put(
                    Parameters.KEY,
                    ByteBuffer.wrap(content),
                    new Condition.IfMatches(damaged.get().tag()));
        } else {
            store.put(Parameters.KEY, ByteBuffer.wrap(content), new Condition.IfAbsent());
        }
    }

    /**
     * Of the first packs one that can be read has chunks of the names and codecs that {@code rok.json} is to promise, and
     * none an encrypted one: a pack is easily put in front of others.
     */
    private static void proveParameters(ObjectStore store) {
        if (holds(store, KeyPlace.PREFIX)) {
            throw sealed("there are keys");
        }
        var problem = "there is no pack";
        var isProved = false;
        try (var packs = store.list(PackName.PREFIX)) {
            for (var info : (Iterable<ObjectStore.ObjectInfo>) packs.limit(PROOF_PACKS_MAX)::iterator) {
                if (isEncrypted(store, info.key())) {
                    throw sealed("%s is encrypted".formatted(info.key()));
                }
                if (!isProved) {
                    var problems = problems(store, info.key());
                    isProved = problems.isEmpty();
                    problem = isProved ? problem : problems.getFirst();
                }
            }
        }
        if (!isProved) {
            throw new StoreException.Corrupt("%s cannot be written anew: no pack shows how this store was made (%s)"
                    .formatted(Parameters.KEY, problem));
        }
    }

    private static boolean isEncrypted(ObjectStore store, ObjectKey pack) {
        try {
            return PackReader.isEncrypted(store, PackReader.name(pack));
        } catch (StoreException.Corrupt | StoreException.Missing _) {
            return false;
        }
    }

    private static List<String> problems(ObjectStore store, ObjectKey pack) {
        try {
            return PackReader.verify(store, PackReader.name(pack), new ChunkCodec());
        } catch (StoreException.Corrupt e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static StoreException.Corrupt sealed(String sign) {
        return new StoreException.Corrupt(
                "%s cannot be written anew: the store is encrypted (%s), and its keys open with the very one that was written: put back a copy of it"
                        .formatted(Parameters.KEY, sign));
    }

    /** As {@link #open(ObjectStore, Path, Unlock)}, of one that is not encrypted. */
    public static Repository open(ObjectStore store, Path cache) {
        return open(store, cache, Unlock.NONE);
    }

    /** As {@link #open(ObjectStore, Path, Unlock, RandomGenerator)}, with the system's randomness. */
    public static Repository open(ObjectStore store, Path cache, Unlock unlock) {
        return open(store, cache, unlock, new SystemRandom());
    }

    /** As {@link #open(ObjectStore, Path, Unlock, RandomGenerator)}, of one that is not encrypted. */
    public static Repository open(ObjectStore store, Path cache, RandomGenerator random) {
        return open(store, cache, Unlock.NONE, random);
    }

    /**
     * Opens a repository. Throws {@link StoreException.Incompatible} where there is none, or one of a newer format, and
     * {@link StoreException.Locked} where the key does not fit.
     *
     * @param unlock asked if it is encrypted
     */
    public static Repository open(ObjectStore store, Path cache, Unlock unlock, RandomGenerator random) {
        var content = store.read(Parameters.KEY)
                .orElseThrow(() -> new StoreException.Incompatible(
                        "%s holds no Rok store (there is no %s in it): name another place, or create one there"
                                .formatted(store, Parameters.KEY)))
                .content();
        var parameters = Parameters.decode(content, store.toString());
        var keys = parameters
                .encryption()
                .map(how -> Keys.open(KeyPlace.of(store, how.keys(), content), how.share(), unlock, random));
        return new Repository(store, cache, parameters, random, keys);
    }

    /**
     * Somebody is going to read: of a store that is far, the index comes meanwhile. What goes wrong with it is told to who
     * needs it.
     */
    public void lookAhead() {
        if (store instanceof RemoteObjects) {
            Background.start("index", () -> {
                try {
                    index.begin();
                } catch (RuntimeException _) {
                    // Whoever looks next is told, if anybody does before the store is closed
                }
            });
        }
    }

    public ChunkReader reader() {
        return new PackedChunkReader(store, index, codecs(), Optional.of(kept));
    }

    /** Reads from where {@code places} says, and only what the store has. */
    ChunkReader reader(String of, ChunkPlaces places) {
        return new PackedChunkReader(store, places, scopes.codecs(of), Optional.empty());
    }

    /**
     * Starts a session of writing; close it. The version that it is for must be pending already: gc then waits for it, or
     * it knows what gc condemned.
     */
    public ChunkWriter writer() {
        return writer(codecs(), _ -> false);
    }

    /** @param again chunks to store though they are listed */
    ChunkWriter writer(String of, Predicate<ChunkId> again) {
        return writer(scopes.codecs(of), again);
    }

    private ChunkWriter writer(Codecs codecs, Predicate<ChunkId> again) {
        // A generation of keys that was read before its change was durable: what is written with it would not open any
        // more
        if (keys.isPresent()) {
            LocalObjects.settle(store, KeyPlace.PREFIX);
        }
        return new PackedChunkWriter(store, index, codecs, index.startSession(), random, again);
    }

    /**
     * Packs are condemned whose fate is not decided yet, as far as the last session's start saw: what a version refers to
     * then stays only while that version does.
     */
    public boolean isCollecting() {
        return index.isCollecting();
    }

    /** What garbage collection does to packs and index. */
    public Maintenance maintenance() {
        return new Maintenance(store, index, epochs, scopes, random, kept);
    }

    /** Its parts, of all accounts, to prove or put right. */
    public Anatomy anatomy() {
        return new Anatomy(this, store, index, epochs, scopes, random, cache, kept);
    }

    /** Whose chunks it reads and writes; nothing where accounts do not share and none was named. */
    Optional<String> scope() {
        return scope;
    }

    /** Counts what the store holds, by listing it. */
    public Stats stats() {
        long packs = 0;
        long packBytes = 0;
        try (var objects = store.list(PackName.PREFIX)) {
            for (var object : (Iterable<ObjectStore.ObjectInfo>) objects::iterator) {
                packs++;
                packBytes += object.size();
            }
        }
        long segments = 0;
        long indexBytes = 0;
        try (var objects = store.list(new ObjectKey("index/"))) {
            for (var object : (Iterable<ObjectStore.ObjectInfo>) objects::iterator) {
                segments++;
                indexBytes += object.size();
            }
        }
        return new Stats(packs, packBytes, segments, indexBytes);
    }

    /** What a store holds, garbage included. */
    public record Stats(long packs, long packBytes, long indexSegments, long indexBytes) {}
}
