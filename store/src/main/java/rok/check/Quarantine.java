package rok.check;

import java.nio.ByteBuffer;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.repository.Anatomy;

/** Where objects go that nobody can use: below {@code quarantine/}, under the key that they had. Nothing is ever lost. */
final class Quarantine {
    static final String PREFIX = "quarantine/";
    private static final int NAMES_MAX = 1000;
    private static final int PIECE_BYTES = 1 << 20;

    private final Anatomy anatomy;
    private final ObjectStore store;

    Quarantine(Anatomy anatomy) {
        this.anatomy = anatomy;
        this.store = anatomy.store();
    }

    /** Moves an object; false where it is gone, or too large to be put anywhere else: it then stays where it is. */
    boolean move(ObjectKey key) {
        var isCopied = copy(key);
        if (isCopied) {
            store.delete(key);
        }
        return isCopied;
    }

    /** The same, but it stays where it is as well. */
    boolean copy(ObjectKey key) {
        var there = store.stat(key);
        if (there.isEmpty() || there.get().size() > ObjectStore.OBJECT_BYTES_MAX) {
            return false;
        }
        ByteBuffer content;
        try {
            content = read(key, (int) there.get().size());
        } catch (StoreException.Missing _) {
            return false;
        }
        for (var i = 0; i < NAMES_MAX; i++) {
            var target = new ObjectKey(PREFIX + key + (i == 0 ? "" : "+" + i));
            if (store.put(target, content, new Condition.IfAbsent()) instanceof PutResult.Done
                    || isSame(target, content)) {
                return true;
            }
        }
        return false;
    }

    private ByteBuffer read(ObjectKey key, int size) {
        var content = anatomy.allocate(size);
        for (var at = 0; at < size; at += PIECE_BYTES) {
            var piece = ByteBuffer.allocate(Math.min(PIECE_BYTES, size - at));
            store.get(key, at, piece);
            content.put(at, piece, 0, piece.capacity());
        }
        return content.position(0).limit(size);
    }

    /** An earlier repair was killed between the put and the delete. */
    private boolean isSame(ObjectKey target, ByteBuffer content) {
        return store.stat(target)
                        .filter(there -> there.size() == content.remaining())
                        .isPresent()
                && read(target, content.remaining()).equals(content);
    }
}
