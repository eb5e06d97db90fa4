package rok.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rok.format.Checksum;
import rok.format.StoreException;

class ChunkCodecTest {
    private final ChunkCodec codec = new ChunkCodec();

    @Test
    void whatIsEncodedDecodesAndIncompressibleBytesGrowByTheOverheadOnly() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (var round = 0; round < 300; round++) {
            var plain = content(random, round % 4);
            var id = codec.id(plain, 0, plain.length);
            var record = encode(plain);
            assertThat(record.length)
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(plain.length + ChunkCodec.RECORD_OVERHEAD_BYTES);
            var back = new byte[plain.length + 7];
            var length = codec.decode(id, record, 0, record.length, back, 7, plain.length, "test");
            assertThat(length).isEqualTo(plain.length);
            assertThat(Arrays.copyOfRange(back, 7, back.length))
                    .as("seed %d", seed)
                    .isEqualTo(plain);
        }
    }

    @Test
    void repeatedBytesShrink() {
        assertThat(encode(new byte[200_000]).length).isLessThan(200);
    }

    @Test
    void anyDamageIsCorruptAndNamesTheRecord() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (var round = 0; round < 400; round++) {
            var plain = content(random, round % 4);
            var id = codec.id(plain, 0, plain.length);
            var record = encode(plain);
            var at = round < 40 ? round % Math.min(12, record.length) : random.nextInt(record.length);
            record[at] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> decode(id, record, record.length))
                    .as("seed %d, byte %d", seed, at)
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining("the damaged one");
        }
    }

    @Test
    void damageUnderARightChecksumIsStillFound() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (var round = 0; round < 400; round++) {
            var plain = content(random, 1 + round % 3);
            var id = codec.id(plain, 0, plain.length);
            var record = encode(plain);
            var at = 4 + random.nextInt(record.length - 8);
            record[at] ^= (byte) (1 << random.nextInt(8));
            var crc = Checksum.of(record, 0, record.length - 4);
            for (var i = 0; i < 4; i++) {
                record[record.length - 4 + i] = (byte) (crc >>> (24 - 8 * i));
            }
            // A few bits of a zstd frame mean nothing: then the bytes that come out are still the right ones.
            var decoded = new byte[Chunker.CHUNK_BYTES_MAX];
            try {
                codec.decode(id, record, 0, record.length, decoded, 0, decoded.length, "the damaged one");
                assertThat(Arrays.copyOf(decoded, plain.length))
                        .as("seed %d, byte %d", seed, at)
                        .isEqualTo(plain);
            } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                assertThat(e).hasMessageContaining("the damaged one");
            }
        }
    }

    @Test
    void aTruncatedRecordIsCorrupt() {
        var record = encode(new byte[5000]);
        var id = codec.id(new byte[5000], 0, 5000);
        for (var length = 0; length < record.length; length++) {
            var cut = length;
            assertThatThrownBy(() -> decode(id, record, cut)).isInstanceOf(StoreException.Corrupt.class);
        }
    }

    private void decode(ChunkId id, byte[] record, int length) {
        var plain = new byte[Chunker.CHUNK_BYTES_MAX];
        codec.decode(id, record, 0, length, plain, 0, plain.length, "the damaged one");
    }

    private byte[] encode(byte[] plain) {
        var room = new byte[ChunkCodec.encodeBytesMax(plain.length)];
        return Arrays.copyOf(room, codec.encode(codec.id(plain, 0, plain.length), plain, 0, plain.length, room, 0));
    }

    private static byte[] content(Random random, int kind) {
        var plain = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? Chunker.CHUNK_BYTES_MAX : 3000)];
        random.nextBytes(plain);
        for (var i = 0; i < plain.length && kind > 0; i++) {
            plain[i] = (byte) (kind == 1 ? plain[i] & 7 : kind == 2 ? i / 100 : plain[i] & (i % 64 < 8 ? 255 : 1));
        }
        return plain;
    }
}
