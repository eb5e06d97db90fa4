package rok.check;

import java.nio.ByteBuffer;
import java.util.Optional;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.pack.PackReader;

/** Reads single records and says what is wrong with them. For one thread. */
final class RecordProof {
    private final ObjectStore store;
    private final RecordOpener opener;
    private final byte[] plain = new byte[Chunker.CHUNK_BYTES_MAX];

    RecordProof(ObjectStore store, RecordOpener opener) {
        this.store = store;
        this.opener = opener;
    }

    /**
     * What keeps the chunk from being there. Throws {@link StoreException.Missing} where its pack is not there.
     */
    Optional<Problem> problem(ChunkId id, Location place) {
        try {
            verify(id, place);
            return Optional.empty();
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            return Optional.of(Problem.of(e));
        }
    }

    private void verify(ChunkId id, Location place) {
        var where = PackReader.where(place.pack(), place.offset());
        if (place.length() <= ChunkCodec.RECORD_OVERHEAD_BYTES
                || place.length() > ChunkCodec.RECORD_BYTES_MAX
                || place.offset() < 0) {
            throw new StoreException.Corrupt("%s can't have %d bytes".formatted(where, place.length()));
        }
        var record = new byte[place.length()];
        store.get(place.pack().key(), place.offset(), ByteBuffer.wrap(record));
        var length = opener.decode(id, record, 0, record.length, plain, where);
        if (length == 0) {
            throw new StoreException.Corrupt("%s is corrupt: %s".formatted(where, RecordOpener.CLOSED));
        }
        if (length != place.plainLength()) {
            throw new StoreException.Corrupt(
                    "%s has %d plain bytes, the index says %d".formatted(where, length, place.plainLength()));
        }
    }
}
