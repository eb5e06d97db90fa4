package rok.check;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.repository.Anatomy;
import rok.repository.ChunkWriter;

/**
 * Gets what is good out of damaged packs: by the footer, by what the index says lies where, and, where both are lost, by the
 * records themselves, which tell how long they are. An encrypted record does not tell which chunk it is: it is tried as what is
 * left of a footer says, and as each of those that versions miss. One pack is held at a time.
 */
final class Salvage {
    /** So many packs at once are looked for in the index. */
    private static final int GROUP_MAX = 256;
    /** As so many chunks are encrypted records tried, of all packs together. */
    private static final long TRIES_MAX = 1 << 20;

    private final Anatomy anatomy;
    private final ObjectStore store;
    private final Inventory inventory;
    private final RecordOpener opener;
    private final Function<String, ChunkWriter.Lane> lanes;
    private final Set<ChunkId> wanted;
    /** Of what is not encrypted. */
    private final ChunkCodec codec = new ChunkCodec();

    private final boolean isEncrypted;
    private final String scope;
    /** Where the records of the pack lie that were opened. */
    private final Set<Integer> opened = new HashSet<>();

    private long tries;
    private boolean hasUnnamed;
    private int copied;
    private final byte[] bytes = new byte[PackReader.PACK_BYTES_MAX];
    private final byte[] plain = new byte[Chunker.CHUNK_BYTES_MAX];

    /**
     * Into the lane of each scope.
     *
     * @param wanted what versions are known to miss
     */
    Salvage(Anatomy anatomy, Inventory inventory, Function<String, ChunkWriter.Lane> lanes, Set<ChunkId> wanted) {
        this.anatomy = anatomy;
        this.store = anatomy.store();
        this.inventory = inventory;
        this.opener = RecordOpener.of(anatomy);
        this.lanes = lanes;
        this.wanted = Set.copyOf(wanted);
        this.isEncrypted = anatomy.isEncrypted();
        this.scope = anatomy.onlyScope().orElse("");
    }

    /** There were records that may be of chunks which trees will name that could not be read so far. */
    boolean hasUnnamed() {
        return hasUnnamed;
    }

    /** How many chunks came from copies on this machine. */
    int copied() {
        return copied;
    }

    /** Writes every good chunk of these packs, and what is not good where this machine has a copy of it; answers how many there were of each that is there. */
    Map<PackName, Integer> run(List<PackName> packs) {
        var found = new LinkedHashMap<PackName, Integer>();
        for (var from = 0; from < packs.size(); from += GROUP_MAX) {
            var group = packs.subList(from, Math.min(packs.size(), from + GROUP_MAX));
            var listed = listed(new HashSet<>(group));
            for (var pack : group) {
                var entries = listed.getOrDefault(pack, List.of());
                var size = store.stat(pack.key()).map(ObjectStore.ObjectInfo::size);
                var good = new HashSet<ChunkId>();
                if (size.isPresent() && isRead(pack, size.get(), entries, good)) {
                    found.put(pack, good.size());
                }
                copies(pack, entries, good);
            }
        }
        return found;
    }

    /** Trees and lists that are not good in the pack, and of which this machine has a copy. */
    private void copies(PackName pack, List<PackEntry> entries, Set<ChunkId> good) {
        anatomy.kept(pack).forEach(part -> {
            part.bytes().get(0, bytes, 0, part.bytes().remaining());
            for (var entry : entries) {
                if (part.holds(entry.offset(), entry.length()) && !good.contains(entry.id())) {
                    copied += write(pack, entry, entry.offset() - part.from(), good) ? 1 : 0;
                }
            }
        });
    }

    private Map<PackName, List<PackEntry>> listed(Set<PackName> packs) {
        var found = new HashMap<PackName, List<PackEntry>>();
        for (var segment : inventory.segments()) {
            segment.forEach(entry -> {
                var place = segment.location(entry);
                if (packs.contains(place.pack())) {
                    found.computeIfAbsent(place.pack(), _ -> new ArrayList<>()).add(entry(segment.id(entry), place));
                }
            });
        }
        return found;
    }

    private static PackEntry entry(ChunkId id, Location place) {
        return new PackEntry(id, place.offset(), place.length(), place.plainLength());
    }

    /** Writes what is good in the pack; false where it went meanwhile. */
    private boolean isRead(PackName pack, long size, List<PackEntry> listed, Set<ChunkId> found) {
        var end = (int) Math.min(size, bytes.length);
        try {
            store.get(pack.key(), 0, ByteBuffer.wrap(bytes, 0, end));
        } catch (StoreException.Missing _) {
            // Collected meanwhile
            return false;
        }
        opened.clear();
        for (var entry : listed) {
            keep(pack, entry, end, found);
        }
        try {
            for (var entry : PackReader.entries(pack, ByteBuffer.wrap(bytes, 0, end))) {
                keep(pack, entry, end, found);
            }
        } catch (StoreException.Corrupt | StoreException.Incompatible _) {
            scan(pack, end, found);
        }
        return true;
    }

    private void keep(PackName pack, PackEntry entry, int end, Set<ChunkId> found) {
        if (entry.offset() < 0
                || entry.length() <= ChunkCodec.RECORD_OVERHEAD_BYTES
                || entry.length() > end - entry.offset()
                || found.contains(entry.id())) {
            return;
        }
        if (write(pack, entry, entry.offset(), found)) {
            opened.add(entry.offset());
        }
    }

    /** The record at {@code at}, if it is the entry's. */
    private boolean write(PackName pack, PackEntry entry, int at, Set<ChunkId> found) {
        try {
            var where = PackReader.where(pack, entry.offset());
            var length = opener.decode(entry.id(), bytes, at, entry.length(), plain, where);
            if (length > 0) {
                found.add(lanes.apply(opener.scope()).write(plain, 0, length));
            }
            return length > 0;
        } catch (StoreException.Corrupt | StoreException.Incompatible _) {
            return false; // not this one, then
        }
    }

    private void scan(PackName pack, int end, Set<ChunkId> found) {
        if (isEncrypted) {
            scanEncrypted(pack, end, found);
            return;
        }
        for (var at = Long.BYTES; at < end; ) {
            var length = ChunkCodec.lengthAt(bytes, at, end);
            at += length > 0 && isKept(pack, at, length, found) ? length : 1;
        }
    }

    /** The records do not tell whose they are, but what is left of the footer may, and else trees may that miss them. */
    private void scanEncrypted(PackName pack, int end, Set<ChunkId> found) {
        var lengths = new TreeMap<Integer, Integer>();
        var rest = Long.BYTES;
        for (var at = Long.BYTES; at < end; ) {
            var length = ChunkCodec.lengthAt(bytes, at, end);
            if (length > 0 && isRecord(pack, at, length)) {
                lengths.put(at, length);
                at += length;
                rest = at;
            } else {
                at++;
            }
        }
        for (var entry : PackReader.remnants(ByteBuffer.wrap(bytes, 0, end), rest, lengths)) {
            keep(pack, entry, end, found);
        }
        lengths.keySet().removeAll(opened);
        lengths.forEach((at, length) -> tryAll(at, length, PackReader.where(pack, at), found));
    }

    private boolean isRecord(PackName pack, int at, int length) {
        try {
            return ChunkCodec.check(bytes, at, length, PackReader.where(pack, at)) > 0;
        } catch (StoreException.Corrupt | StoreException.Incompatible _) {
            return false;
        }
    }

    private boolean isKept(PackName pack, int at, int length, Set<ChunkId> found) {
        try {
            var where = PackReader.where(pack, at);
            var plainLength = ChunkCodec.check(bytes, at, length, where);
            var id = codec.recover(bytes, at, length, plain, where);
            if (!found.contains(id)) {
                found.add(lanes.apply(scope).write(plain, 0, plainLength));
            }
            return true;
        } catch (StoreException.Corrupt | StoreException.Incompatible _) {
            return false;
        }
    }

    private void tryAll(int at, int length, String where, Set<ChunkId> found) {
        for (var id : wanted) {
            if (found.contains(id) || ++tries > TRIES_MAX) {
                continue;
            }
            try {
                var plainLength = opener.decode(id, bytes, at, length, plain, where);
                if (plainLength > 0) {
                    found.add(lanes.apply(opener.scope()).write(plain, 0, plainLength));
                    return;
                }
            } catch (StoreException.Corrupt _) {
                // Another one's, perhaps
            }
        }
        hasUnnamed = true;
    }
}
