package rok.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rok.catalog.Records;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.repository.Anatomy;

/**
 * Opens records whoever they belong to: where accounts have keys of their own, with those of one after the other. For one
 * thread.
 */
final class RecordOpener {
    /** What is said of a record that nobody's keys open. */
    static final String CLOSED = "it is encrypted, and with the keys of no account that has buckets here";

    private final Anatomy anatomy;
    private final List<String> scopes;
    private final boolean isAnybodys;
    private final Map<String, ChunkCodec> codecs = new HashMap<>();
    private @Nullable String last;

    private RecordOpener(Anatomy anatomy, List<String> scopes, boolean isAnybodys) {
        this.anatomy = anatomy;
        this.scopes = scopes;
        this.isAnybodys = isAnybodys;
    }

    /** Of what this scope stores: what its keys do not open is damaged. */
    static RecordOpener of(Anatomy anatomy, String scope) {
        return new RecordOpener(anatomy, List.of(scope), false);
    }

    /**
     * Of all accounts that have buckets, and of the one that opened the repository. Whoever writes makes a bucket first, so that
     * nobody is left out whose packs were listed before.
     */
    static RecordOpener of(Anatomy anatomy) {
        return new RecordOpener(anatomy, scopes(anatomy), anatomy.onlyScope().isEmpty());
    }

    static List<String> scopes(Anatomy anatomy) {
        return anatomy.onlyScope().map(List::of).orElseGet(() -> {
            var scopes = new ArrayList<String>();
            anatomy.ownScope().ifPresent(scopes::add);
            new Records(anatomy.store(), anatomy.storeKeys())
                    .accounts().stream()
                            .map(account -> anatomy.scope(account.value()))
                            .sorted()
                            .filter(scope -> !scopes.contains(scope))
                            .forEach(scopes::add);
            return List.copyOf(scopes);
        });
    }

    /**
     * As {@link ChunkCodec#decode}, to the front of {@code plain}; 0 where the record is whole, and of nobody who is known.
     */
    int decode(ChunkId id, byte[] record, int at, int length, byte[] plain, String where) {
        // What is damaged is so with every key
        var plainLength = ChunkCodec.check(record, at, length, where);
        StoreException.Corrupt refusal = null;
        for (var scope : lastFirst()) {
            try {
                codecs.computeIfAbsent(scope, anatomy::codec)
                        .decode(id, record, at, length, plain, 0, plain.length, where);
                last = scope;
                return plainLength;
            } catch (StoreException.Corrupt e) {
                refusal = e;
            }
        }
        if (refusal != null && (!isAnybodys || isRefusedByAll(refusal, record, at))) {
            throw refusal;
        }
        return 0;
    }

    /** Other keys than those that were tried could not change it. */
    private static boolean isRefusedByAll(StoreException.Corrupt refusal, byte[] record, int at) {
        return refusal instanceof StoreException.KeyMissing || !ChunkCodec.isEncrypted(record, at);
    }

    private List<String> lastFirst() {
        var first = last;
        if (first == null || first.equals(scopes.getFirst())) {
            return scopes;
        }
        var order = new ArrayList<>(scopes);
        order.remove(first);
        order.addFirst(first);
        return order;
    }

    /** Whose record the last one was that was opened: those of one pack are alike. */
    String scope() {
        var scope = last;
        if (scope == null) {
            throw new IllegalStateException("No record was opened yet");
        }
        return scope;
    }
}
