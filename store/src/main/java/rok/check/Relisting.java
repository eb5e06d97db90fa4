package rok.check;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.SessionIndex;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.repository.Anatomy;

/**
 * Writes index segments of what packs say of themselves and no segment does. Their generation is such that nobody counts
 * on a pack that a collection is about to remove: garbage is listed too, until it is collected. In an encrypted store a footer
 * may be by anybody, so what it says of a chunk is believed where the record opens.
 */
final class Relisting {
    /** Entries of one segment: twelve mebibytes, while they are collected. */
    private static final int SEGMENT_ENTRIES = 1 << 18;

    private final Anatomy anatomy;
    private final IsListed isListed;
    private final long generation;
    private final boolean isEncrypted;
    private SessionIndex session = new SessionIndex();
    private Optional<RecordOpener> opener = Optional.empty();
    private byte[] bytes = new byte[0];
    private byte[] plain = new byte[0];
    private int segments;

    Relisting(Anatomy anatomy, IsListed isListed) {
        this.anatomy = anatomy;
        this.isListed = isListed;
        this.isEncrypted = anatomy.isEncrypted();
        // Before the packs are listed: those that it condemned are gone from the listing, if it is done
        this.generation = anatomy.maintenance().newest().generationOfFound();
    }

    /** Whether a segment that stays says so too. */
    @FunctionalInterface
    interface IsListed {
        boolean test(PackName pack, PackEntry entry);
    }

    /** Does it for all packs but some; answers how many segments it took. */
    int run(Set<PackName> without) {
        var packs = PackList.of(anatomy.store(), _ -> {});
        for (var pack = 0; pack < packs.count(); pack++) {
            if (!without.contains(packs.name(pack))) {
                list(packs.name(pack), packs.size(pack));
            }
        }
        put();
        return segments;
    }

    private void list(PackName pack, long size) {
        var missing = new ArrayList<PackEntry>();
        try {
            for (var entry : PackReader.entries(anatomy.store(), pack, size)) {
                if (!isListed.test(pack, entry)) {
                    missing.add(entry);
                }
            }
            if (isEncrypted && !missing.isEmpty()) {
                removeFalse(pack, size, missing);
            }
            missing.removeIf(entry -> !session.claim(entry.id()));
        } catch (StoreException.Missing | StoreException.Corrupt | StoreException.Incompatible _) {
            // Gone, or damaged since it was looked at: the next repair's business
            return;
        }
        if (!missing.isEmpty()) {
            session.setDurable(session.place(pack, missing));
        }
        if (session.size() >= SEGMENT_ENTRIES) {
            put();
        }
    }

    private void removeFalse(PackName pack, long size, List<PackEntry> entries) {
        if (opener.isEmpty()) {
            // After the packs were listed: whoever wrote one has a bucket
            opener = Optional.of(RecordOpener.of(anatomy));
            bytes = new byte[PackReader.PACK_BYTES_MAX];
            plain = new byte[Chunker.CHUNK_BYTES_MAX];
        }
        anatomy.store().get(pack.key(), 0, ByteBuffer.wrap(bytes, 0, (int) size));
        var with = opener.get();
        entries.removeIf(entry -> !isTrue(with, pack, entry));
    }

    private boolean isTrue(RecordOpener with, PackName pack, PackEntry entry) {
        try {
            var where = PackReader.where(pack, entry.offset());
            return with.decode(entry.id(), bytes, entry.offset(), entry.length(), plain, where) == entry.plainLength();
        } catch (StoreException.Corrupt | StoreException.Incompatible _) {
            return false;
        }
    }

    private void put() {
        var listable = session.listable();
        if (listable.size() > 0) {
            anatomy.put(generation, listable.segment(List.of(), anatomy::allocate));
            segments++;
        }
        session = new SessionIndex();
    }
}
