package rok.chunk;

import io.airlift.compress.v3.zstd.ZstdCompressor;
import io.airlift.compress.v3.zstd.ZstdDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import io.airlift.compress.v3.zstd.ZstdNativeDecompressor;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;
import rok.cipher.DataKeys;
import rok.cipher.RecordCipher;
import rok.format.Checksum;
import rok.format.StoreException;

/**
 * Turns a chunk into the record that a pack holds, and back; and names it. A record is eight bytes of header (payload
 * length, codec, plain length), the payload, and a CRC-32C over both. With keys, ids are keyed and payloads encrypted. Holds a
 * compressor, a digest and a cipher: one per thread.
 */
public final class ChunkCodec {
    /** What a record takes beside its payload. */
    public static final int RECORD_OVERHEAD_BYTES = 12;

    /** Longest record: a chunk that does not compress, encrypted. */
    public static final int RECORD_BYTES_MAX =
            RECORD_OVERHEAD_BYTES + Chunker.CHUNK_BYTES_MAX + RecordCipher.OVERHEAD_BYTES;

    private static final int HEADER_BYTES = 8;
    private static final int PLAIN = 0;
    private static final int ZSTD = 1;
    /** What the codec of an encrypted payload has more than that of a plain one. */
    private static final int ENCRYPTED = 2;

    private static final int LEVEL = 1;
    /**
     * Native zstd is three times as fast, and takes a fifth of a second to load and link: what a codec does first, and
     * many short commands do no more, is done in Java.
     */
    private static final int COMPRESSED_IN_JAVA_MAX = 128 << 10;

    private static final int DECOMPRESSED_IN_JAVA_MAX = 256 << 10;
    /** Shorter chunks are not worth the call. */
    private static final int ZSTD_BYTES_MIN = 64;

    private final MessageDigest digest = sha256();
    private final byte[] digestBytes = new byte[ChunkId.BYTES];
    private final ByteBuffer digestBuffer = ByteBuffer.wrap(digestBytes);
    private final EntropyProbe probe = new EntropyProbe();
    private final int compressedInJavaMax;
    private final int decompressedInJavaMax;
    private final @Nullable Mac naming;
    private final @Nullable RecordCipher cipher;
    private byte[] decrypted = new byte[0];
    private @Nullable ZstdCompressor compressor;
    private @Nullable ZstdDecompressor decompressor;
    private int compressedInJava;
    private int decompressedInJava;

    /** Of a repository that is not encrypted. */
    public ChunkCodec() {
        this(COMPRESSED_IN_JAVA_MAX, DECOMPRESSED_IN_JAVA_MAX, null);
    }

    /** Of one that is. */
    public ChunkCodec(DataKeys keys) {
        this(COMPRESSED_IN_JAVA_MAX, DECOMPRESSED_IN_JAVA_MAX, keys);
    }

    /** @param compressedInJavaMax bytes after which the native code takes over where there is such; below 0 at once */
    ChunkCodec(int compressedInJavaMax, int decompressedInJavaMax) {
        this(compressedInJavaMax, decompressedInJavaMax, null);
    }

    private ChunkCodec(int compressedInJavaMax, int decompressedInJavaMax, @Nullable DataKeys keys) {
        this.compressedInJavaMax = compressedInJavaMax;
        this.decompressedInJavaMax = decompressedInJavaMax;
        this.naming = keys == null ? null : keys.naming();
        this.cipher = keys == null ? null : keys.records();
    }

    /** The id of a chunk: the SHA-256 of its plain bytes, or with keys the HMAC. */
    public ChunkId id(byte[] plain, int offset, int length) {
        try {
            if (naming != null) {
                naming.update(plain, offset, length);
                naming.doFinal(digestBytes, 0);
                return ChunkId.read(digestBuffer.clear());
            }
            digest.update(plain, offset, length);
            digest.digest(digestBytes, 0, digestBytes.length);
        } catch (DigestException | ShortBufferException e) {
            throw new IllegalStateException(e);
        }
        return ChunkId.read(digestBuffer.clear());
    }

    /** How much room {@link #encode} needs for a chunk of this length: what the compressor may take on the way. */
    public static int encodeBytesMax(int length) {
        return RECORD_OVERHEAD_BYTES + length + (length >>> 7) + 1024;
    }

    /**
     * Puts the chunk's record at {@code at}, where {@link #encodeBytesMax} are free; returns its length.
     *
     * @param id of the chunk, as {@link #id} gives it
     */
    public int encode(ChunkId id, byte[] plain, int offset, int length, byte[] into, int at) {
        if (length < 1 || length > Chunker.CHUNK_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "A chunk has 1 to %d bytes, not %d".formatted(Chunker.CHUNK_BYTES_MAX, length));
        }
        var codec = ZSTD;
        var start = at + HEADER_BYTES + (cipher == null ? 0 : RecordCipher.plainAt());
        var payload = compress(plain, offset, length, into, start);
        // Five in a hundred is what makes it worth decompressing.
        if (payload > length - length / 20) {
            codec = PLAIN;
            payload = length;
            System.arraycopy(plain, offset, into, start, length);
        }
        if (cipher == null) {
            putHeader(into, at, payload, codec, length);
        } else {
            putHeader(into, at, payload + RecordCipher.OVERHEAD_BYTES, codec + ENCRYPTED, length);
            cipher.encrypt(id.toByteArray(), into, at, at + HEADER_BYTES, payload);
            payload += RecordCipher.OVERHEAD_BYTES;
        }
        putInt(into, at + HEADER_BYTES + payload, Checksum.of(into, at, HEADER_BYTES + payload));
        return payload + RECORD_OVERHEAD_BYTES;
    }

    /**
     * Puts the plain bytes of the record at {@code at} into {@code plain}, and checks the record's checksum and the
     * chunk's id.
     *
     * @param where names the record in messages: pack and offset
     * @param room how much {@code plain} has from {@code plainOffset}; a longer chunk is {@link StoreException.Corrupt}
     * @return the plain length
     */
    public int decode(
            ChunkId id, byte[] record, int at, int length, byte[] plain, int plainOffset, int room, String where) {
        var plainLength = check(record, at, length, where);
        if (plainLength > room) {
            // Whoever asked knew a length, from a list that may be wrong
            throw new StoreException.Corrupt("%s is corrupt: chunk %s has %d bytes, where %d were expected at most"
                    .formatted(where, id, plainLength, room));
        }
        var payload = length - RECORD_OVERHEAD_BYTES;
        if (cipher == null) {
            requireOpen(record[at + 4], where);
            unpack(record[at + 4], record, at + HEADER_BYTES, payload, plain, plainOffset, plainLength, where);
        } else {
            decrypt(id, record, at, payload, where);
            var codec = record[at + 4] - ENCRYPTED;
            var packed = payload - RecordCipher.OVERHEAD_BYTES;
            unpack(codec, decrypted, 0, packed, plain, plainOffset, plainLength, where);
        }
        var found = id(plain, plainOffset, plainLength);
        if (!found.equals(id)) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: it should hold chunk %s and holds %s".formatted(where, id, found));
        }
        return plainLength;
    }

    private static void requireOpen(int codec, String where) {
        if (codec >= ENCRYPTED) {
            throw new StoreException.Corrupt("%s is corrupt: it is encrypted, in a store that is not".formatted(where));
        }
    }

    private void decrypt(ChunkId id, byte[] record, int at, int payload, String where) {
        if (record[at + 4] < ENCRYPTED) {
            throw new StoreException.Corrupt("%s is corrupt: it is not encrypted, in a store that is".formatted(where));
        }
        if (decrypted.length < payload) {
            decrypted = new byte[Math.max(payload, Chunker.CHUNK_BYTES_AVERAGE)];
        }
        if (!requireCipher().decrypt(id.toByteArray(), record, at, at + HEADER_BYTES, payload, decrypted, 0)) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: it is not what was encrypted as chunk %s".formatted(where, id));
        }
    }

    private RecordCipher requireCipher() {
        if (cipher == null) {
            throw new IllegalStateException("There are no keys");
        }
        return cipher;
    }

    private void unpack(
            int codec, byte[] from, int at, int length, byte[] plain, int plainOffset, int plainLength, String where) {
        if (codec == PLAIN) {
            System.arraycopy(from, at, plain, plainOffset, plainLength);
        } else {
            decompress(from, at, length, plain, plainOffset, plainLength, where);
        }
    }

    /**
     * Puts the plain bytes of a record whose chunk nobody knows into {@code plain}, and names it: what a pack whose footer is
     * lost gives up. Their number is what {@link #check} answers. Throws {@link StoreException.Corrupt} for an encrypted one:
     * without the id there is no key for it.
     */
    public ChunkId recover(byte[] record, int at, int length, byte[] plain, String where) {
        var plainLength = check(record, at, length, where);
        requireOpen(record[at + 4], where);
        unpack(record[at + 4], record, at + HEADER_BYTES, length - RECORD_OVERHEAD_BYTES, plain, 0, plainLength, where);
        return id(plain, 0, plainLength);
    }

    /** The record whose first eight bytes stand at {@code at} says that it is encrypted. */
    public static boolean isEncrypted(byte[] record, int at) {
        return record[at + 4] >= ENCRYPTED;
    }

    /**
     * How long the record is that seems to begin at {@code at}, of the {@code end} bytes that there are; 0 where none does.
     */
    public static int lengthAt(byte[] bytes, int at, int end) {
        if (end - at <= RECORD_OVERHEAD_BYTES) {
            return 0;
        }
        var payload = getInt(bytes, at);
        var plain = getInt(bytes, at + 4) & 0xff_ffff;
        var isPlausible = payload > 0
                && payload <= RECORD_BYTES_MAX - RECORD_OVERHEAD_BYTES
                && payload <= end - at - RECORD_OVERHEAD_BYTES
                && plain > 0
                && plain <= Chunker.CHUNK_BYTES_MAX;
        return isPlausible ? payload + RECORD_OVERHEAD_BYTES : 0;
    }

    /** Checks everything about a record but its id, and needs no keys; returns the plain length. */
    public static int check(byte[] record, int at, int length, String where) {
        if (length <= RECORD_OVERHEAD_BYTES) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: %d bytes are too few for a record".formatted(where, length));
        }
        var payload = length - RECORD_OVERHEAD_BYTES;
        if (getInt(record, at) != payload) {
            throw new StoreException.Corrupt("%s is corrupt: a record of %d bytes says that its payload has %d"
                    .formatted(where, length, Integer.toUnsignedLong(getInt(record, at))));
        }
        var stored = getInt(record, at + HEADER_BYTES + payload);
        var computed = Checksum.of(record, at, HEADER_BYTES + payload);
        if (stored != computed) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: its checksum is %08x, computed %08x".formatted(where, stored, computed));
        }
        var plain = getInt(record, at + 4) & 0xff_ffff;
        var codec = record[at + 4];
        var packed = codec < ENCRYPTED ? payload : payload - RecordCipher.OVERHEAD_BYTES;
        var isPlain = codec == PLAIN || codec == ENCRYPTED + PLAIN;
        if (plain < 1
                || plain > Chunker.CHUNK_BYTES_MAX
                || packed < 1
                || packed > Chunker.CHUNK_BYTES_MAX
                || (isPlain && plain != packed)
                || codec < PLAIN) {
            throw new StoreException.Corrupt("%s is corrupt: codec %d, %d plain bytes in %d stored ones"
                    .formatted(where, codec, plain, payload));
        }
        if (codec > ENCRYPTED + ZSTD) {
            throw new StoreException.Incompatible(
                    "%s is stored with codec %d, which this rok does not know: upgrade rok to read it"
                            .formatted(where, codec));
        }
        return plain;
    }

    /** The payload's length, or more than {@code length} where it does not pay to try. */
    private int compress(byte[] plain, int offset, int length, byte[] into, int at) {
        if (length < ZSTD_BYTES_MIN || probe.looksRandom(plain, offset, length)) {
            return Integer.MAX_VALUE;
        }
        return compressor(length).compress(plain, offset, length, into, at, into.length - at);
    }

    private void decompress(
            byte[] record, int at, int payload, byte[] plain, int plainOffset, int plainLength, String where) {
        try {
            var got = decompressor(plainLength).decompress(record, at, payload, plain, plainOffset, plainLength);
            if (got != plainLength) {
                throw new StoreException.Corrupt(
                        "%s is corrupt: %d plain bytes came out instead of %d".formatted(where, got, plainLength));
            }
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            // Beside its own exception the codec in Java has an index out of bounds for some broken tables, an illegal
            // state for some headers, and who knows what else: whatever it is, these bytes are no frame
            throw new StoreException.Corrupt("%s is corrupt: zstd says %s".formatted(where, e.getMessage()), e);
        }
    }

    private ZstdCompressor compressor(int length) {
        var isLate = compressedInJava > compressedInJavaMax;
        if (compressor == null || (isLate && compressor instanceof ZstdJavaCompressor)) {
            compressor = isLate && NativeZstd.isThere() ? new ZstdNativeCompressor(LEVEL) : new ZstdJavaCompressor();
        }
        compressedInJava += isLate ? 0 : length;
        return compressor;
    }

    private ZstdDecompressor decompressor(int length) {
        var isLate = decompressedInJava > decompressedInJavaMax;
        if (decompressor == null || (isLate && decompressor instanceof ZstdJavaDecompressor)) {
            decompressor = isLate && NativeZstd.isThere() ? new ZstdNativeDecompressor() : new ZstdJavaDecompressor();
        }
        decompressedInJava += isLate ? 0 : length;
        return decompressor;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void putHeader(byte[] into, int at, int payload, int codec, int plainLength) {
        putInt(into, at, payload);
        putInt(into, at + 4, codec << 24 | plainLength);
    }

    private static void putInt(byte[] into, int at, int value) {
        into[at] = (byte) (value >>> 24);
        into[at + 1] = (byte) (value >>> 16);
        into[at + 2] = (byte) (value >>> 8);
        into[at + 3] = (byte) value;
    }

    private static int getInt(byte[] from, int at) {
        return from[at] << 24 | (from[at + 1] & 0xff) << 16 | (from[at + 2] & 0xff) << 8 | (from[at + 3] & 0xff);
    }
}
