package rok.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import io.airlift.compress.v3.zstd.ZstdNativeDecompressor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.testkit.Fuzz;
import rok.testkit.SeededRoots;

/** A broken record, its checksum right, is named as corrupt by either zstd codec, and nothing beside its bytes is touched. */
class ChunkCodecFuzzTest {
    private static final int GUARD = 256;
    private static final byte MARK = 0x5a;

    private final List<byte[]> plains = plains();

    @Test
    void theCodecInJavaReadsOrRefusesBrokenRecords() {
        fuzz("chunk record, zstd in Java", new ChunkCodec(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @Test
    void theNativeCodecReadsOrRefusesBrokenRecords() {
        assertThat(ZstdNativeDecompressor.isEnabled()).isTrue();
        fuzz("chunk record, native zstd", new ChunkCodec(-1, -1));
    }

    @Test
    void aCodecWithKeysReadsWhatItWroteAndRefusesAllElse() {
        var codec = new ChunkCodec(SeededRoots.keys(1, 2, "local"));
        var good = plains.stream().map(plain -> record(codec, plain)).toList();
        var room = new byte[2 * GUARD + Chunker.CHUNK_BYTES_MAX];
        var refusals = Set.<Class<? extends RuntimeException>>of(
                StoreException.Corrupt.class, StoreException.Incompatible.class);
        new Fuzz("chunk record, encrypted", refusals, 16 << 20)
                .run(good, ChunkCodecFuzzTest::encrypted, (input, random) -> {
                    var which = random.nextInt(plains.size());
                    var plain = plains.get(which);
                    // Nothing that was changed opens: so some are read as they are
                    var record = random.nextInt(4) == 0 ? good.get(which) : input;
                    var id = codec.id(plain, 0, plain.length);
                    Arrays.fill(room, MARK);
                    try {
                        var length = codec.decode(
                                id, record, 0, record.length, room, GUARD, Chunker.CHUNK_BYTES_MAX, "A record");
                        assertThat(Arrays.equals(room, GUARD, GUARD + length, plain, 0, plain.length))
                                .isTrue();
                    } finally {
                        checkGuards(room, record);
                    }
                });
    }

    private static byte[] record(ChunkCodec codec, byte[] plain) {
        var into = new byte[ChunkCodec.encodeBytesMax(plain.length)];
        var length = codec.encode(codec.id(plain, 0, plain.length), plain, 0, plain.length, into, 0);
        return Arrays.copyOf(into, length);
    }

    private void fuzz(String name, ChunkCodec codec) {
        var room = new byte[2 * GUARD + Chunker.CHUNK_BYTES_MAX];
        var refusals = Set.<Class<? extends RuntimeException>>of(
                StoreException.Corrupt.class, StoreException.Incompatible.class);
        new Fuzz(name, refusals, 16 << 20).run(records(), ChunkCodecFuzzTest::repaired, (input, random) -> {
            // An input from elsewhere may still be one of the good ones: then it must be exactly that
            var plain = plains.get(random.nextInt(plains.size()));
            var id = codec.id(plain, 0, plain.length);
            Arrays.fill(room, MARK);
            try {
                var length = codec.decode(id, input, 0, input.length, room, GUARD, Chunker.CHUNK_BYTES_MAX, "A record");
                assertThat(length).isEqualTo(plain.length);
                assertThat(Arrays.equals(room, GUARD, GUARD + length, plain, 0, length))
                        .isTrue();
            } catch (StoreException.Corrupt e) {
                // A good frame of other bytes: the id tells, which is what it is for
                if (!String.valueOf(e.getMessage()).contains("it should hold chunk")) {
                    throw e;
                }
            } finally {
                checkGuards(room, input);
            }
        });
    }

    /** Nothing before the chunk's place, and nothing behind the plain length that the record states. */
    private static void checkGuards(byte[] room, byte[] record) {
        var stated = record.length < 8 ? 0 : ByteBuffer.wrap(record).getInt(4) & 0xff_ffff;
        for (var i = 0; i < room.length; i++) {
            if ((i < GUARD || i >= GUARD + stated) && room[i] != MARK) {
                throw new AssertionError("byte %d was written, of %d".formatted(i - GUARD, stated));
            }
        }
    }

    /** Right payload length and checksum; the plain length at times another one. */
    private static byte[] repaired(byte[] broken, RandomGenerator random) {
        if (broken.length <= ChunkCodec.RECORD_OVERHEAD_BYTES) {
            return broken;
        }
        var bytes = ByteBuffer.wrap(broken);
        bytes.putInt(0, broken.length - ChunkCodec.RECORD_OVERHEAD_BYTES);
        if (random.nextInt(4) == 0) {
            bytes.putInt(4, 1 << 24 | 1 + random.nextInt(Chunker.CHUNK_BYTES_MAX));
        } else if (random.nextInt(4) != 0) {
            bytes.put(4, (byte) 1).put(5, (byte) (bytes.get(5) & 3));
        }
        bytes.putInt(broken.length - 4, Checksum.of(broken, 0, broken.length - 4));
        return broken;
    }

    /** Right payload length and checksum, and what says that it is encrypted. */
    private static byte[] encrypted(byte[] broken, RandomGenerator random) {
        if (broken.length <= ChunkCodec.RECORD_OVERHEAD_BYTES) {
            return broken;
        }
        var bytes = ByteBuffer.wrap(broken);
        bytes.putInt(0, broken.length - ChunkCodec.RECORD_OVERHEAD_BYTES);
        bytes.put(4, (byte) (2 + random.nextInt(2))).put(5, (byte) (bytes.get(5) & 3));
        if (broken.length > 10 && random.nextInt(4) != 0) {
            bytes.putShort(8, (short) (1 + random.nextInt(3)));
        }
        bytes.putInt(broken.length - 4, Checksum.of(broken, 0, broken.length - 4));
        return broken;
    }

    private List<byte[]> records() {
        var records = new ArrayList<byte[]>();
        for (var plain : plains) {
            for (var codec : List.of(new ChunkCodec(Integer.MAX_VALUE, 0), new ChunkCodec(-1, 0))) {
                records.add(record(codec, plain));
            }
            // A reader takes any valid frame: higher levels use more of zstd
            for (var level : new int[] {3, 9, 19}) {
                records.add(record(plain, level));
            }
        }
        return records;
    }

    private static byte[] record(byte[] plain, int level) {
        var into = new byte[ChunkCodec.encodeBytesMax(plain.length)];
        var payload = new ZstdNativeCompressor(level).compress(plain, 0, plain.length, into, 8, into.length - 12);
        var record = Arrays.copyOf(into, payload + ChunkCodec.RECORD_OVERHEAD_BYTES);
        ByteBuffer.wrap(record).putInt(payload).putInt(1 << 24 | plain.length);
        return ByteBuffer.wrap(record)
                .putInt(record.length - 4, Checksum.of(record, 0, record.length - 4))
                .array();
    }

    /** Matches near and far, literals of few and of many values, runs, numbers; short ones and the longest. */
    private static List<byte[]> plains() {
        var random = new Random(7);
        var plains = new ArrayList<byte[]>();
        for (var length : new int[] {64, 300, 2000, 9000, 70_000, Chunker.CHUNK_BYTES_MAX}) {
            plains.add("the quick brown fox jumps; "
                    .repeat(length / 27 + 1)
                    .substring(0, length)
                    .getBytes(StandardCharsets.UTF_8));
            var words = new byte[length];
            var numbers = new byte[length];
            for (var i = 0; i < length; i++) {
                words[i] = (byte) (random.nextInt(10) == 0 ? ' ' : 'a' + (int) Math.abs(random.nextGaussian() * 4));
                numbers[i] = (byte) (i % 8 == 7 ? random.nextInt() : i >> 9);
            }
            plains.add(words);
            plains.add(numbers);
            plains.add(new byte[length]);
        }
        return plains;
    }
}
