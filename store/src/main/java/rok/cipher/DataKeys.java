package rok.cipher;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;

/**
 * What names, cuts and encrypts the data of one account, or of all that share: docs/format/encryption.md. Safe for use by
 * many threads; what it hands out is for one.
 */
public final class DataKeys {
    private static final int TABLE_ENTRIES = 256;

    private final DataRoots roots;
    private final RandomGenerator random;
    private final byte[] scope;
    private final Secret naming;
    private final long[] cutPoints;
    private final NameCipher names;

    /** @param account that the keys are of; where all share, it makes no difference */
    public DataKeys(DataRoots roots, Share share, String account, RandomGenerator random) {
        this.roots = roots;
        this.random = random;
        this.scope = share.scope(account);
        var ids = roots.ids().derive(scope);
        this.naming = ids.derive("rok chunk ids");
        this.cutPoints = cutPoints(ids);
        this.names = new NameCipher(roots.ids(), ids);
    }

    /** HMAC-SHA-256 under the key of chunk ids. */
    public Mac naming() {
        return naming.mac();
    }

    /** The 256 numbers that say where files are cut. */
    public long[] cutPoints() {
        return cutPoints.clone();
    }

    public RecordCipher records() {
        return new RecordCipher(this, random);
    }

    public DocumentCipher documents() {
        return new DocumentCipher(this, random);
    }

    public NameCipher names() {
        return names;
    }

    int newest() {
        return roots.newest();
    }

    Secret key(int generation, String label) {
        return roots.root(generation).derive(scope).derive(label);
    }

    private static long[] cutPoints(Secret ids) {
        var bytes = ids.expand(Aead.ascii("rok cut points"), TABLE_ENTRIES * Long.BYTES);
        var table = new long[TABLE_ENTRIES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(table);
        return table;
    }

    @Override
    public String toString() {
        return "keys of data";
    }
}
