package rok.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.testkit.Fuzz;

/** A broken index segment is refused as a whole, or in the slots that are broken; a look-up never leaves its bytes. */
class IndexSegmentFuzzTest {
    private static final ObjectKey KEY = new ObjectKey("index/0/00000000000000000000000000000001");

    @Test
    void aBrokenSegmentIsReadOrRefused() {
        var refusals = Set.<Class<? extends RuntimeException>>of(
                StoreException.Corrupt.class, StoreException.Incompatible.class);
        new Fuzz("index segment", refusals, 32 << 20)
                .run(segments(), IndexSegmentFuzzTest::repaired, (input, random) -> {
                    var segment = new IndexSegment(KEY, ByteBuffer.wrap(input));
                    var unknown = new ChunkId(random.nextLong(), random.nextLong(), 3, 4);
                    assertThat(segment.locate(unknown)).isEmpty();
                    segment.check();
                    for (var entry = 0; entry < segment.size(); entry++) {
                        var id = new ChunkId(
                                segment.word(entry, 0),
                                segment.word(entry, 1),
                                segment.word(entry, 2),
                                segment.word(entry, 3));
                        segment.locate(id)
                                .ifPresent(found -> assertThat(segment.packs()).contains(found.pack()));
                    }
                    // What passes its checks may be merged
                    var merged = SegmentWriter.write(List.of(segment), ByteBuffer::allocate);
                    new IndexSegment(KEY, merged).check();
                });
    }

    private static byte[] repaired(byte[] broken, RandomGenerator random) {
        if (broken.length < IndexFormat.HEADER_BYTES) {
            return broken;
        }
        var bytes = ByteBuffer.wrap(broken);
        var packs = bytes.getInt(12);
        var bits = bytes.getInt(16);
        if (packs < 0 || packs > broken.length / PackName.BYTES || bits < 0 || bits > IndexFormat.FAN_OUT_BITS_MAX) {
            return broken;
        }
        var entries = IndexFormat.entriesOffset(packs, bits);
        if (entries > broken.length) {
            return broken;
        }
        if (random.nextInt(4) != 0) {
            bytes.putInt(8, (broken.length - entries) / IndexFormat.ENTRY_BYTES);
        }
        repairSlots(bytes, entries, bits);
        bytes.putInt(20, SegmentWriter.headerChecksum(bytes, entries));
        return broken;
    }

    private static void repairSlots(ByteBuffer bytes, int entries, int bits) {
        var fanOut = entries - (IndexFormat.FAN_OUT_BYTES << bits);
        var start = 0L;
        for (var slot = 0; slot < 1 << bits; slot++) {
            var end = (long) bytes.getInt(fanOut + slot * IndexFormat.FAN_OUT_BYTES);
            var to = entries + end * IndexFormat.ENTRY_BYTES;
            if (start >= 0 && start <= end && to <= bytes.limit()) {
                var from = entries + (int) start * IndexFormat.ENTRY_BYTES;
                bytes.putInt(fanOut + slot * IndexFormat.FAN_OUT_BYTES + 4, Checksum.of(bytes, from, (int) to - from));
            }
            start = end;
        }
    }

    private static List<byte[]> segments() {
        var random = new Random(13);
        var segments = new ArrayList<byte[]>();
        for (var count : new int[] {1, 20, 700}) {
            var session = new SessionIndex();
            for (var pack = 0; pack < 3; pack++) {
                var entries = new ArrayList<PackEntry>();
                for (var i = 0; i < count; i++) {
                    var id = new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
                    entries.add(new PackEntry(id, 8 + i * 100, 100, 200));
                    session.claim(id);
                }
                session.setDurable(session.place(PackName.random(random), entries));
            }
            segments.add(
                    session.listable().segment(List.of(), ByteBuffer::allocate).array());
        }
        return segments;
    }
}
