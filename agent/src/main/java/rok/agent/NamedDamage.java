package rok.agent;

import java.util.Optional;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.TreeReader;

/**
 * Reads of a version that damage ends: what is damaged, or not there, is a {@link StoreException.Corrupt} that names the
 * path.
 */
final class NamedDamage {
    private NamedDamage() {}

    static TreeReader open(ChunkReader chunks, ByteString folder, Content tree) {
        try {
            return new TreeReader(chunks, tree);
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            throw of(folder, e);
        }
    }

    /** The folder's next entry; nothing at its end. */
    static Optional<Entry> next(ByteString folder, TreeReader entries) {
        try {
            return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            throw of(folder, e);
        }
    }

    /** The bytes of an extent that is not a hole. */
    static byte[] read(ChunkReader chunks, ByteString path, Extent extent) {
        var into = new byte[(int) extent.length()];
        try {
            ContentInput.read(chunks, extent, into);
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            throw of(path, e);
        }
        return into;
    }

    static StoreException.Corrupt of(ByteString path, StoreException cause) {
        return new StoreException.Corrupt(
                "%s is damaged: %s".formatted(path.isEmpty() ? "The top folder" : path, cause.getMessage()), cause);
    }
}
