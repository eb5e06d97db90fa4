package rok.chunk;

import java.util.Arrays;

/**
 * Guesses from 4 KiB of a chunk whether it is worth compressing: encrypted and compressed data uses all byte values
 * alike. A wrong guess costs space or time, nothing else.
 */
final class EntropyProbe {
    private static final int SAMPLE_BYTES = 4 << 10;
    private static final int PIECE_BYTES = 512;

    private final short[] counts = new short[256];

    boolean looksRandom(byte[] bytes, int offset, int length) {
        if (length < SAMPLE_BYTES) {
            return false;
        }
        Arrays.fill(counts, (short) 0);
        var pieces = SAMPLE_BYTES / PIECE_BYTES;
        for (var piece = 0; piece < pieces; piece++) {
            var start = offset + (int) ((long) (length - PIECE_BYTES) * piece / (pieces - 1));
            for (var i = start; i < start + PIECE_BYTES; i++) {
                counts[bytes[i] & 0xff]++;
            }
        }
        var squares = 0L;
        for (var count : counts) {
            squares += count * count;
        }
        // Uniform bytes give n + n(n-1)/256 = 69,616 with a deviation of about 360; text gives several times that.
        return squares < 72_000;
    }
}
