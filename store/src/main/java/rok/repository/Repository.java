package rok.repository;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.pack.PackName;

/**
 * The chunks of one store. Opening reads one small object; indexes load with the first look-up, native code with the
 * first chunk that is compressed. Safe for use by many threads; the object store stays the caller's to close.
 */
public final class Repository {
    private final ObjectStore store;
    private final Epochs epochs;
    private final ChunkIndex index;
    private final RandomGenerator random;
    private final String id;

    private Repository(ObjectStore store, Path cache, Parameters parameters, RandomGenerator random) {
        this.store = store;
        this.epochs = new Epochs(store);
        this.index = new ChunkIndex(store, epochs, cache.resolve(parameters.id()));
        this.random = random;
        this.id = parameters.id();
    }

    /** Names this store among all: what is kept about it elsewhere goes by it. */
    public String id() {
        return id;
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
            if (!store.isEmpty()) {
                throw new StoreException.Incompatible(
                        "%s is not empty and holds no Rok store: choose an empty place".formatted(store));
            }
            var content = Parameters.random(random).encode();
            // A lost race is as good as won: the repository is there.
            var _ = store.put(Parameters.KEY, ByteBuffer.wrap(content), new Condition.IfAbsent());
        }
        return open(store, cache, random);
    }

    /** As {@link #open(ObjectStore, Path, RandomGenerator)}, with the system's randomness. */
    public static Repository open(ObjectStore store, Path cache) {
        return open(store, cache, new SystemRandom());
    }

    /** Opens a repository. Throws {@link StoreException.Incompatible} where there is none, or one of a newer format. */
    public static Repository open(ObjectStore store, Path cache, RandomGenerator random) {
        var content = store.read(Parameters.KEY)
                .orElseThrow(() -> new StoreException.Incompatible(
                        "%s holds no Rok store (there is no %s in it): name another place, or create one there"
                                .formatted(store, Parameters.KEY)))
                .content();
        return new Repository(store, cache, Parameters.decode(content, store.toString()), random);
    }

    public ChunkReader reader() {
        return new PackedChunkReader(store, index);
    }

    /**
     * Starts a session of writing; close it. The version that it is for must be pending already: gc then waits for it, or
     * it knows what gc condemned.
     */
    public ChunkWriter writer() {
        return new PackedChunkWriter(store, index, index.startSession(), random);
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
        return new Maintenance(store, index, epochs, random);
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
