package rok.check;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.Location;
import rok.repository.Anatomy;
import rok.repository.ChunkReader;
import rok.snapshot.Content;
import rok.snapshot.ContentParts;

/** Looks for chunks of one version that are nowhere any more. */
final class DamageSeeker implements Seeker {
    private final Anatomy anatomy;
    private final String scope;
    private final ChunkReader reader;
    private final Inventory inventory;
    private final Damage damage;
    private final AtomicBoolean hasFound = new AtomicBoolean();

    /** @param scope that the version's chunks are of */
    DamageSeeker(Anatomy anatomy, String scope, ChunkReader reader, Inventory inventory, Damage damage) {
        this.anatomy = anatomy;
        this.scope = scope;
        this.reader = reader;
        this.inventory = inventory;
        this.damage = damage;
    }

    @Override
    public boolean isHit(ChunkId id) {
        return !inventory.isAvailable(id);
    }

    @Override
    public boolean isReadable(ChunkId id) {
        return false;
    }

    @Override
    public void found(ChunkId id, Hurt where) {
        lost(id, where);
    }

    private void lost(ChunkId id, Hurt where) {
        hasFound.set(true);
        damage.lost(id, where);
    }

    /** Something that the version needs is lost, unless it was deleted meanwhile. */
    boolean hasFound() {
        return hasFound.get();
    }

    @Override
    public boolean unreadable(Content content, StoreException reason, Hurt where) {
        if (!blame(content, where)) {
            damage.add(Finding.Kind.TREE, content.root().toString(), String.valueOf(reason.getMessage()))
                    .hurt(where);
        }
        return true;
    }

    /** Finds the chunks of the content that can't be read; false where all can. */
    private boolean blame(Content content, Hurt where) {
        if (content.length() == 0 || content.isHole()) {
            return false;
        }
        if (!isWhole(content.root())) {
            lost(content.root(), where);
            return true;
        }
        var isFound = false;
        if (content.depth() > 0) {
            try {
                for (var part : ContentParts.of(reader, content)) {
                    isFound |= blame(part.content(), where);
                }
            } catch (StoreException.Corrupt | StoreException.Missing | StoreException.Incompatible _) {
                // Its bytes are right and say nothing: that is told of the whole
                return false;
            }
        }
        return isFound;
    }

    private boolean isWhole(ChunkId id) {
        try {
            reader.read(id, ByteBuffer.allocate(Chunker.CHUNK_BYTES_MAX));
            return true;
        } catch (StoreException.Corrupt | StoreException.Missing | StoreException.Incompatible e) {
            var record = new RecordProof(anatomy.store(), RecordOpener.of(anatomy, scope));
            for (var place : inventory.places(id)) {
                prove(record, id, place);
            }
            return false;
        }
    }

    private void prove(RecordProof record, ChunkId id, Location place) {
        try {
            record.problem(id, place).ifPresent(problem -> {
                damage.record(place.pack(), place.offset(), problem);
                inventory.deny(id, place.pack(), place.offset());
            });
        } catch (StoreException.Missing _) {
            inventory.isGone(place.pack());
            damage.absent(place.pack());
        }
    }
}
