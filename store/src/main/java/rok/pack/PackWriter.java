package rok.pack;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.format.Checksum;

/** Collects chunks for one pack in memory, at most {@link PackFormat#PACK_BYTES_MAX}. To be used again after a reset. */
public final class PackWriter {
    private static final int START_BYTES = 1 << 20;

    private byte[] bytes = new byte[START_BYTES];
    private byte[] footer = new byte[64 * PackFormat.ENTRY_BYTES];
    private ByteBuffer entries = ByteBuffer.wrap(footer);
    private int length;
    private int count;

    public PackWriter() {
        reset();
    }

    /** Forgets everything, and keeps the memory. */
    public void reset() {
        length = PackFormat.HEADER_BYTES;
        count = 0;
        ByteBuffer.wrap(bytes).putLong(PackFormat.MAGIC.value());
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** How many chunks it holds. */
    public int count() {
        return count;
    }

    /** One more chunk of this plain length is sure to fit. */
    public boolean hasRoomFor(int plainLength) {
        return length + ChunkCodec.encodeBytesMax(plainLength) + PackFormat.tailBytes(count + 1)
                <= PackFormat.PACK_BYTES_MAX;
    }

    /** Everything that another one holds fits as well. */
    public boolean hasRoomFor(PackWriter other) {
        return length + other.length - PackFormat.HEADER_BYTES + PackFormat.tailBytes(count + other.count)
                <= PackFormat.PACK_BYTES_MAX;
    }

    /** Adds a chunk, which must fit. */
    public void add(ChunkCodec codec, ChunkId id, byte[] plain, int offset, int plainLength) {
        reserve(ChunkCodec.encodeBytesMax(plainLength));
        var record = codec.encode(id, plain, offset, plainLength, bytes, length);
        list(id, length, record, plainLength);
        length += record;
    }

    /** A record of this length is sure to fit. */
    public boolean hasRoomForRecord(int recordLength) {
        return length + recordLength + PackFormat.tailBytes(count + 1) <= PackFormat.PACK_BYTES_MAX;
    }

    /** Adds a record as it lies in another pack, of which {@code from} holds a part; it must fit. */
    public void addRecord(ChunkId id, byte[] from, int at, int recordLength, int plainLength) {
        reserve(recordLength);
        System.arraycopy(from, at, bytes, length, recordLength);
        list(id, length, recordLength, plainLength);
        length += recordLength;
    }

    /** Adds what another one holds, which must fit; leaves the other alone. */
    public void addAll(PackWriter other) {
        var records = other.length - PackFormat.HEADER_BYTES;
        reserve(records);
        System.arraycopy(other.bytes, PackFormat.HEADER_BYTES, bytes, length, records);
        for (var i = 0; i < other.count; i++) {
            var entry = other.entry(i);
            list(entry.id(), entry.offset() - PackFormat.HEADER_BYTES + length, entry.length(), entry.plainLength());
        }
        length += records;
    }

    private PackEntry entry(int i) {
        return PackFormat.readEntry(ByteBuffer.wrap(footer, i * PackFormat.ENTRY_BYTES, PackFormat.ENTRY_BYTES));
    }

    /** What it holds, in order. */
    public List<PackEntry> entries() {
        return IntStream.range(0, count).mapToObj(this::entry).toList();
    }

    /** Appends footer and trailer; the pack's bytes, valid until the next reset. */
    public ByteBuffer seal() {
        reserve(PackFormat.tailBytes(count));
        var footerBytes = count * PackFormat.ENTRY_BYTES;
        System.arraycopy(footer, 0, bytes, length, footerBytes);
        var packBytes = length + footerBytes + PackFormat.TRAILER_BYTES;
        var trailer = ByteBuffer.wrap(bytes).position(length + footerBytes);
        trailer.putInt(count).putInt(packBytes);
        trailer.putInt(Checksum.of(bytes, length, footerBytes + 8));
        trailer.putLong(PackFormat.END_MAGIC.value());
        return ByteBuffer.wrap(bytes, 0, packBytes);
    }

    private void list(ChunkId id, int offset, int recordLength, int plainLength) {
        var at = count * PackFormat.ENTRY_BYTES;
        if (at + PackFormat.ENTRY_BYTES > footer.length) {
            footer = Arrays.copyOf(footer, 2 * footer.length);
            entries = ByteBuffer.wrap(footer);
        }
        entries.position(at);
        id.write(entries);
        entries.putInt(offset).putInt(recordLength).putInt(plainLength);
        count++;
    }

    private void reserve(int more) {
        var needed = length + more;
        if (needed > PackFormat.PACK_BYTES_MAX) {
            throw new IllegalStateException("%d bytes do not fit in a pack".formatted(needed));
        }
        if (needed > bytes.length) {
            var doubled = Math.max(needed, 2 * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.min(PackFormat.PACK_BYTES_MAX, doubled));
        }
    }
}
