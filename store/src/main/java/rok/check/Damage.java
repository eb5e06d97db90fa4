package rok.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rok.chunk.ChunkId;
import rok.index.Location;
import rok.names.RokUrl;
import rok.object.ObjectKey;
import rok.pack.PackName;

/**
 * Collects what is found to be damaged, and what that costs: {@link #FINDINGS_MAX} things, {@link #HURTS_MAX} places, and a
 * count of what is more. Safe for use by many threads.
 */
final class Damage {
    private static final int FINDINGS_MAX = 100_000;
    private static final int HURTS_MAX = 200_000;
    private static final int NOTES_MAX = 1000;

    private final Map<String, Draft> drafts = new LinkedHashMap<>();
    private final Map<PackName, Draft> packs = new HashMap<>();
    private final Map<Place, Draft> records = new HashMap<>();
    private final List<Draft> segments = new ArrayList<>();
    private final Set<ObjectKey> damagedSegments = new HashSet<>();
    private final List<Draft> doubles = new ArrayList<>();
    private final Map<ChunkId, Lost> lost = new LinkedHashMap<>();
    /** Packs that segments name and that are not there; damage only where somebody misses them. */
    private final Set<PackName> absent = new HashSet<>();

    /** Packs of which something may be good, and needs a key that is not there. */
    private final Set<PackName> closed = new HashSet<>();

    /** Whose versions miss something. */
    private final Set<String> accounts = new HashSet<>();

    private final List<Note> notes = new ArrayList<>();
    private long findingsMore;
    private long notesMore;
    private int hurts;

    /** Where a record lies. */
    record Place(PackName pack, int offset) {}

    /** Whom a lost chunk hurts. */
    private static final class Lost {
        private final List<Hurt> hurts = new ArrayList<>();
        private long more;
    }

    synchronized Draft add(Finding.Kind kind, String object, String problem) {
        var draft = new Draft(kind, object, problem);
        if (drafts.size() >= FINDINGS_MAX) {
            findingsMore++;
            return draft;
        }
        var before = drafts.putIfAbsent(kind + " " + object, draft);
        return before == null ? draft : before;
    }

    synchronized void segment(ObjectKey key, String problem) {
        damagedSegments.add(key);
        segments.add(add(Finding.Kind.SEGMENT, key.value(), problem));
    }

    /** A segment that says what another one says: where chunks are listed nowhere, it stands in place of their own. */
    synchronized void isDouble(ObjectKey key, ObjectKey other) {
        doubles.add(new Draft(
                Finding.Kind.SEGMENT,
                key.value(),
                "It says the same as %s, and chunks that versions need are listed nowhere: one of the two is not what was written"
                        .formatted(other)));
    }

    synchronized void pack(PackName pack, String problem) {
        pack(pack, Problem.of(problem));
    }

    synchronized void pack(PackName pack, Problem problem) {
        packs.computeIfAbsent(pack, name -> add(Finding.Kind.PACK, name.key().value(), problem.text()));
        if (problem.mayBeGood()) {
            closed.add(pack);
        }
    }

    synchronized void absent(PackName pack) {
        absent.add(pack);
    }

    synchronized void record(PackName pack, int offset, Problem problem) {
        if (!packs.containsKey(pack)) {
            records.computeIfAbsent(
                    new Place(pack, offset), _ -> add(Finding.Kind.RECORD, pack.key() + "@" + offset, problem.text()));
        }
        if (problem.mayBeGood()) {
            closed.add(pack);
        }
    }

    synchronized void note(String object, String text) {
        if (notes.size() < NOTES_MAX) {
            notes.add(new Note(object, text));
        } else {
            notesMore++;
        }
    }

    /** Versions name this chunk, and no good place for it is known. */
    synchronized void lost(ChunkId id, Hurt hurt) {
        var chunk = lost.computeIfAbsent(id, _ -> new Lost());
        accounts.add(hurt.account());
        if (hurts < HURTS_MAX) {
            hurts++;
            chunk.hurts.add(hurt);
        } else {
            chunk.more++;
        }
    }

    synchronized Set<ChunkId> lost() {
        return Set.copyOf(lost.keySet());
    }

    /** The accounts of versions that name lost chunks. */
    synchronized Set<String> accounts() {
        return Set.copyOf(accounts);
    }

    /** Packs of which something may be good, and needs a key that is not there. */
    synchronized Set<PackName> closedPacks() {
        return Set.copyOf(closed);
    }

    synchronized Set<ObjectKey> damagedSegments() {
        return Set.copyOf(damagedSegments);
    }

    /** Packs of which more than a record is damaged. */
    synchronized Set<PackName> damagedPacks() {
        return Set.copyOf(packs.keySet());
    }

    synchronized Set<Place> damagedRecords() {
        return Set.copyOf(records.keySet());
    }

    synchronized boolean isEmpty() {
        return drafts.isEmpty() && lost.isEmpty();
    }

    /** Forgets whom the damage hurts, to find that out anew. */
    synchronized void forgetLost() {
        lost.clear();
        accounts.clear();
        hurts = 0;
    }

    /** Forgets what was missed of a version: it was deleted meanwhile, so its chunks may have been collected. */
    synchronized void forget(RokUrl deleted) {
        lost.values().removeIf(chunk -> {
            chunk.hurts.removeIf(hurt -> hurt.isOf(deleted));
            return chunk.hurts.isEmpty() && chunk.more == 0;
        });
    }

    synchronized List<Note> notes() {
        return List.copyOf(notes);
    }

    synchronized long notesMore() {
        return notesMore;
    }

    synchronized long findingsMore() {
        return findingsMore;
    }

    /** Everything found, each with what it hurts. */
    synchronized List<Finding> findings(Inventory inventory) {
        lost.forEach((id, chunk) -> {
            for (var cause : causes(id, inventory)) {
                cause.addAll(chunk.hurts, chunk.more);
            }
        });
        lost.clear();
        return drafts.values().stream().map(Draft::finish).toList();
    }

    private List<Draft> causes(ChunkId id, Inventory inventory) {
        var found = new ArrayList<Draft>();
        for (var place : inventory.places(id)) {
            Optional.ofNullable(packs.get(place.pack()))
                    .or(() -> Optional.ofNullable(records.get(new Place(place.pack(), place.offset()))))
                    .ifPresent(found::add);
        }
        return found.isEmpty()
                ? List.of(unlisted(id, inventory))
                : found.stream().distinct().toList();
    }

    private Draft unlisted(ChunkId id, Inventory inventory) {
        if (segments.size() == 1) {
            return segments.getFirst();
        }
        if (!doubles.isEmpty()) {
            var draft = doubles.getFirst();
            drafts.putIfAbsent("double", draft);
            return draft;
        }
        return inventory
                .unlisted(id)
                .map(this::unlisted)
                .or(() -> inventory.places(id).stream()
                        .map(Location::pack)
                        .filter(absent::contains)
                        .findFirst()
                        .map(this::missed))
                .orElseGet(() ->
                        add(Finding.Kind.CHUNK, id.toString(), "Versions need it, and it is nowhere in the store"));
    }

    private Draft unlisted(PackName pack) {
        return packs.computeIfAbsent(
                pack,
                name -> add(
                        Finding.Kind.PACK,
                        name.key().value(),
                        "Versions need it, and no index segment lists what it holds: a segment is missing"));
    }

    private Draft missed(PackName pack) {
        return packs.computeIfAbsent(
                pack,
                name -> add(
                        Finding.Kind.PACK,
                        name.key().value(),
                        "It is not there, and versions need what the index says it holds"));
    }
}
