package rok.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import rok.catalog.Records;
import rok.catalog.Records.Item;
import rok.catalog.VersionRecord;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectKey;
import rok.object.ObjectStore.ObjectInfo;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.repository.Anatomy;
import rok.repository.Repository;
import rok.snapshot.Content;

/** Finds where a chunk, a pack or a segment is, and which versions need it. For one thread. */
public final class Whereabouts {
    /** Shorter beginnings of names are not looked for. */
    public static final int PREFIX_LENGTH_MIN = 4;

    private static final int CANDIDATES_MAX = 20;

    private final Anatomy anatomy;
    private final Records records;
    private final Inventory inventory;

    public Whereabouts(Repository repository) {
        this.anatomy = repository.anatomy();
        this.records = new Records(anatomy.store(), anatomy.storeKeys());
        this.inventory = Inventory.load(anatomy, new Damage(), true);
    }

    /** What a name may stand for. */
    public sealed interface Thing {
        record Chunk(ChunkId id) implements Thing {}

        record Pack(PackName name) implements Thing {}

        record Segment(ObjectKey key) implements Thing {}
    }

    /**
     * What is known of a thing.
     *
     * @param kind chunk, pack or segment
     * @param bytes that it takes in the store; 0 for a chunk that is not there
     * @param chunks that it holds or lists
     * @param places of a chunk: where it lies
     * @param segments that list it, or a part of it
     * @param users which versions need it, or some of its chunks; {@code more} where there are others
     */
    public record Answer(
            String kind,
            String id,
            long bytes,
            long chunks,
            List<Place> places,
            List<String> segments,
            List<Hurt> users,
            boolean more) {}

    /** Where a chunk lies. */
    public record Place(String pack, int offset, int length, int plainLength) {
        static Place of(Location place) {
            return new Place(place.pack().toString(), place.offset(), place.length(), place.plainLength());
        }
    }

    /** Everything whose name begins so, {@link #CANDIDATES_MAX} at most. */
    public List<Thing> find(String prefix) {
        var found = new ArrayList<Thing>();
        for (var segment : inventory.segments()) {
            if (name(segment.key()).startsWith(prefix)) {
                found.add(new Thing.Segment(segment.key()));
            }
        }
        if (prefix.length() <= 2 * PackName.BYTES) {
            var below = new ObjectKey(PackName.PREFIX + prefix.substring(0, 2) + "/" + prefix);
            try (var packs = anatomy.store().list(below)) {
                packs.limit(CANDIDATES_MAX)
                        .map(ObjectInfo::key)
                        .map(PackReader::name)
                        .forEach(pack -> found.add(new Thing.Pack(pack)));
            }
        }
        chunks(prefix).forEach(id -> found.add(new Thing.Chunk(id)));
        return found.subList(0, Math.min(found.size(), CANDIDATES_MAX));
    }

    private Set<ChunkId> chunks(String prefix) {
        var found = new HashSet<ChunkId>();
        if (prefix.length() <= 2 * ChunkId.BYTES) {
            var first = ChunkId.parse(prefix + "0".repeat(2 * ChunkId.BYTES - prefix.length()));
            for (var segment : inventory.segments()) {
                for (var entry = segment.ceiling(first);
                        entry < segment.size() && found.size() < CANDIDATES_MAX;
                        entry++) {
                    if (!segment.id(entry).toString().startsWith(prefix)) {
                        break;
                    }
                    found.add(segment.id(entry));
                }
            }
        }
        return found;
    }

    private static String name(ObjectKey key) {
        return key.value().substring(key.value().lastIndexOf('/') + 1);
    }

    /** Says all about a thing, with so many of its users at most. */
    public Answer explain(Thing thing, int usersMax) {
        return switch (thing) {
            case Thing.Chunk(var id) -> {
                var places = inventory.places(id);
                yield answer(
                        "chunk",
                        id.toString(),
                        places.stream().mapToLong(Location::length).sum(),
                        1,
                        places.stream().map(Place::of).toList(),
                        listing(Set.of(id)),
                        users(id::equals, usersMax));
            }
            case Thing.Pack(var name) -> {
                var ids = new HashSet<ChunkId>();
                PackReader.entries(anatomy.store(), name).stream()
                        .map(PackEntry::id)
                        .forEach(ids::add);
                yield answer(
                        "pack",
                        name.toString(),
                        size(name.key()),
                        ids.size(),
                        List.of(),
                        listing(ids),
                        users(ids::contains, usersMax));
            }
            case Thing.Segment(var key) -> {
                var segment = inventory.segments().stream()
                        .filter(one -> one.key().equals(key))
                        .findFirst()
                        .orElseThrow(() -> new StoreException.Missing("There is no index segment " + key));
                yield answer(
                        "segment",
                        name(key),
                        size(key),
                        segment.size(),
                        List.of(),
                        List.of(name(key)),
                        users(segment::contains, usersMax));
            }
        };
    }

    private static Answer answer(
            String kind, String id, long bytes, long chunks, List<Place> places, List<String> segments, Users users) {
        return new Answer(kind, id, bytes, chunks, places, segments, List.copyOf(users.found), users.more);
    }

    private long size(ObjectKey key) {
        return anatomy.store().stat(key).map(ObjectInfo::size).orElse(0L);
    }

    private List<String> listing(Set<ChunkId> ids) {
        return inventory.segments().stream()
                .filter(segment -> ids.stream().anyMatch(segment::contains))
                .map(segment -> name(segment.key()))
                .toList();
    }

    private Users users(Predicate<ChunkId> wanted, int max) {
        var users = new Users(wanted, max);
        var walked = new Walked(inventory.entries());
        var readers = new Readers(anatomy, inventory);
        try (var items = records.all()) {
            for (var item : (Iterable<Item>) items::iterator) {
                if (users.more) {
                    break;
                }
                if (item instanceof Item.OfVersion version) {
                    committed(version)
                            .ifPresent(record -> new TreeWalk(
                                            readers.of(version.url()), inventory, walked, users, version.url())
                                    .version(record));
                }
            }
        }
        return users;
    }

    private Optional<VersionRecord.Committed> committed(Item.OfVersion version) {
        try {
            return records.read(version)
                    .filter(VersionRecord.Committed.class::isInstance)
                    .map(VersionRecord.Committed.class::cast);
        } catch (StoreException.Corrupt | StoreException.Incompatible _) {
            // A check names it; here nothing is known of what it needs
            return Optional.empty();
        }
    }

    /** Collects who needs some chunks. */
    private static final class Users implements Seeker {
        private final Predicate<ChunkId> wanted;
        private final int max;
        private final Set<Hurt> found = new LinkedHashSet<>();
        private boolean more;

        Users(Predicate<ChunkId> wanted, int max) {
            this.wanted = wanted;
            this.max = max;
        }

        @Override
        public boolean isHit(ChunkId id) {
            return !more && wanted.test(id);
        }

        @Override
        public boolean isReadable(ChunkId id) {
            return true;
        }

        @Override
        public void found(ChunkId id, Hurt where) {
            if (found.size() < max) {
                found.add(where);
            } else {
                more |= !found.contains(where);
            }
        }

        @Override
        public boolean unreadable(Content content, StoreException reason, Hurt where) {
            return false;
        }
    }
}
