package rok.repository;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.cipher.DataKeys;
import rok.cipher.StoreKeys;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.object.LocalObjects;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.ObjectInfo;
import rok.pack.PackName;

/** The parts that a repository consists of, for who proves them or puts them right. Safe for use by many threads. */
public final class Anatomy {
    /** A segment of a server is fetched in pieces of this size. */
    private static final int PIECE_BYTES = 8 << 20;

    private final Repository repository;
    private final ObjectStore store;
    private final ChunkIndex index;
    private final Epochs epochs;
    private final Scopes scopes;
    private final RandomGenerator random;
    private final Path cache;
    private final StructureFiles kept;

    Anatomy(
            Repository repository,
            ObjectStore store,
            ChunkIndex index,
            Epochs epochs,
            Scopes scopes,
            RandomGenerator random,
            Path cache,
            StructureFiles kept) {
        this.repository = repository;
        this.store = store;
        this.index = index;
        this.epochs = epochs;
        this.scopes = scopes;
        this.random = random;
        this.cache = cache;
        this.kept = kept;
    }

    /** Names the store among all. */
    public String id() {
        return repository.id();
    }

    public ObjectStore store() {
        return store;
    }

    /** The folder of this machine for what may be lost; may not exist yet. */
    public Path cache() {
        return cache;
    }

    /** What this machine has a copy of, of a pack's trees and lists of chunks. */
    public Stream<PackPart> kept(PackName pack) {
        return kept.parts(pack);
    }

    /** The index segments, as listed; close the stream. */
    public Stream<ObjectInfo> segments() {
        return store.list(ChunkIndex.PREFIX);
    }

    /**
     * The store's own bytes of a segment, and no copy of them. Throws {@link StoreException.Corrupt}, {@link
     * StoreException.Incompatible}, and {@link StoreException.Missing} for one that was merged meanwhile.
     */
    public IndexSegment open(ObjectInfo segment) {
        if (store instanceof LocalObjects mappable) {
            return new IndexSegment(segment.key(), mappable.map(segment.key()));
        }
        if (segment.size() > ObjectStore.OBJECT_BYTES_MAX) {
            throw new StoreException.Corrupt(
                    "Index segment %s is corrupt: it has %d bytes".formatted(segment.key(), segment.size()));
        }
        var bytes = index.allocate((int) segment.size());
        for (var at = 0; at < segment.size(); at += PIECE_BYTES) {
            var piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, segment.size() - at));
            store.get(segment.key(), at, piece);
            bytes.put(at, piece, 0, piece.capacity());
        }
        return new IndexSegment(segment.key(), bytes);
    }

    /** What garbage collection does to packs and index. */
    public Maintenance maintenance() {
        return repository.maintenance();
    }

    /** The documents of garbage collection. */
    public EpochDocuments epochs() {
        return new EpochDocuments(store, epochs, isEncrypted());
    }

    /** Accounts and their chunks have keys. */
    public boolean isEncrypted() {
        return scopes.isEncrypted();
    }

    /** What opens the catalogue of all accounts; nothing where the repository is not encrypted. */
    public Optional<StoreKeys> storeKeys() {
        return repository.storeKeys();
    }

    /** What opens the catalogue of one account. */
    public Optional<DataKeys> dataKeys(String account) {
        return repository.of(account).dataKeys();
    }

    /** What accounts that share their chunks have in common: chunks of two scopes are never the same. */
    public String scope(String account) {
        return scopes.of(account);
    }

    /** The only scope that there is; nothing where each account is one. */
    public Optional<String> onlyScope() {
        return scopes.only();
    }

    /** That of the account as which the repository was opened; nothing where accounts do not share and none was named. */
    public Optional<String> ownScope() {
        return repository.scope();
    }

    /** Names, encodes and decodes chunks of a scope; one per thread. */
    public ChunkCodec codec(String scope) {
        return scopes.codecs(scope).codec();
    }

    /** The index as readers see it. */
    public ChunkPlaces places() {
        return index;
    }

    /** Reads chunks of a scope from where {@code places} says. */
    public ChunkReader reader(String scope, ChunkPlaces places) {
        return repository.reader(scope, places);
    }

    /** A session of writing that stores those chunks of a scope that {@code again} names though the index lists them; close it. */
    public ChunkWriter rewriter(String scope, Predicate<ChunkId> again) {
        return repository.writer(scope, again);
    }

    /** A buffer that does not weigh on the heap when it is large. */
    public ByteBuffer allocate(int bytes) {
        return index.allocate(bytes);
    }

    /** Puts a segment of some generation under a new name. */
    public ObjectKey put(long generation, ByteBuffer segment) {
        var key = ChunkIndex.key(generation, PackName.random(random).toString());
        if (store.put(key, segment, new ObjectStore.Condition.IfAbsent())
                instanceof ObjectStore.PutResult.ConditionFailed) {
            throw new IllegalStateException("Segment %s is there already: its name was not random".formatted(key));
        }
        return key;
    }
}
