package rok.agent;

import java.util.Optional;
import rok.format.StoreException;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;
import rok.snapshot.TreesAhead;

/**
 * Reads of a version that damage ends: what is damaged, or not there, is a {@link StoreException.Corrupt} that names the
 * path.
 */
final class NamedDamage {
    private NamedDamage() {}

    static TreeReader open(TreesAhead trees, ByteString folder, Content tree) {
        try {
            return trees.open(tree);
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

    static StoreException.Corrupt of(ByteString path, StoreException cause) {
        return new StoreException.Corrupt(
                "%s is damaged: %s".formatted(path.isEmpty() ? "The top folder" : path, cause.getMessage()), cause);
    }
}
