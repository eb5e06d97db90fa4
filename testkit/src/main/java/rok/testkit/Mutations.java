package rok.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Breaks good bytes the way disks, programs and people do. Not safe for use by several threads. */
public final class Mutations {
    /** Numbers at which readers stumble: signs, sizes, and what lies beside the bounds of the formats. */
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        2,
        7,
        8,
        63,
        64,
        127,
        128,
        255,
        256,
        4096,
        4097,
        65_535,
        65_536,
        262_143,
        262_144,
        262_145,
        1 << 20,
        1 << 22,
        (1 << 22) + 1,
        1 << 24,
        1 << 28,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xffff_ffffL,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    /** Pieces of text that mean something to one reader or another. */
    private static final List<String> WORDS = List.of(
            "null",
            "true",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "0",
            "1e999",
            "1e-999",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "0.5",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "\\udfff",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\n",
            "\r\n",
            "/",
            "//",
            "..",
            ".",
            "%",
            "%2F",
            "%00",
            "%ff",
            "%C0%80",
            "~",
            "?",
            "&",
            "#",
            "\u0000",
            "\u202e",
            "\u0130",
            "\ufb01",
            "e\u0301",
            "\ud83d\ude00",
            "step:",
            "block:",
            "prev:",
            "skip",
            "limit:",
            "label:",
            "secret:",
            "+1000000000-12-31T23:59:59Z",
            "-1000000000-01-01T00:00:00Z",
            "2026-02-30T00:00:00Z");

    private final RandomGenerator random;

    public Mutations(RandomGenerator random) {
        this.random = random;
    }

    /** A broken copy of {@code good}, with pieces of {@code other} at times; at most a few kilobytes longer than both. */
    public byte[] of(byte[] good, byte[] other) {
        var bytes = good.clone();
        for (var left = 1 + random.nextInt(random.nextInt(4) + 1); left > 0; left--) {
            bytes = once(bytes, other);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes, byte[] other) {
        if (bytes.length == 0) {
            return noise(1 + random.nextInt(64));
        }
        return switch (random.nextInt(12)) {
            case 0, 1 -> flipped(bytes);
            case 2 -> set(bytes);
            case 3, 4 -> numbered(bytes);
            case 5 -> Arrays.copyOf(bytes, place(bytes));
            case 6 -> replaced(bytes, bytes.length, 0, noise(1 + random.nextInt(64)));
            case 7 -> replaced(bytes, place(bytes), run(bytes), new byte[0]);
            case 8 -> replaced(bytes, place(bytes), 0, piece(bytes));
            case 9 -> replaced(bytes, place(bytes), run(bytes), piece(other.length == 0 ? bytes : other));
            case 10 -> zeroed(bytes);
            default -> worded(bytes);
        };
    }

    private byte[] flipped(byte[] bytes) {
        for (var left = 1 + random.nextInt(8); left > 0; left--) {
            bytes[place(bytes)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] set(byte[] bytes) {
        bytes[place(bytes)] = (byte) (random.nextBoolean() ? random.nextInt() : EXTREMES[random.nextInt(12)]);
        return bytes;
    }

    private byte[] numbered(byte[] bytes) {
        var width = 1 << random.nextInt(4);
        var at = place(bytes);
        if (at + width > bytes.length) {
            return set(bytes);
        }
        var number = EXTREMES[random.nextInt(EXTREMES.length)] + random.nextInt(3) - 1;
        var order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        var encoded =
                ByteBuffer.allocate(Long.BYTES).order(order).putLong(number).array();
        System.arraycopy(encoded, order == ByteOrder.BIG_ENDIAN ? Long.BYTES - width : 0, bytes, at, width);
        return bytes;
    }

    private byte[] zeroed(byte[] bytes) {
        var from = place(bytes);
        Arrays.fill(bytes, from, Math.min(bytes.length, from + run(bytes)), (byte) 0);
        return bytes;
    }

    private byte[] worded(byte[] bytes) {
        var word = WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
        var times = random.nextInt(16) == 0 ? 1 + random.nextInt(600) : 1;
        var words = new byte[word.length * times];
        for (var i = 0; i < words.length; i++) {
            words[i] = word[i % word.length];
        }
        return replaced(bytes, place(bytes), random.nextInt(word.length + 1), words);
    }

    /** Half of the time near the beginning or the end, where headers and trailers are. */
    private int place(byte[] bytes) {
        var near = random.nextInt(Math.min(bytes.length, 48));
        return switch (random.nextInt(4)) {
            case 0 -> near;
            case 1 -> bytes.length - 1 - near;
            default -> random.nextInt(bytes.length);
        };
    }

    private int run(byte[] bytes) {
        return 1 + random.nextInt(random.nextBoolean() ? Math.min(bytes.length, 16) : bytes.length);
    }

    private byte[] piece(byte[] from) {
        var start = place(from);
        return Arrays.copyOfRange(from, start, start + Math.min(run(from), Math.min(from.length - start, 4096)));
    }

    private byte[] noise(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] replaced(byte[] bytes, int at, int removed, byte[] put) {
        var rest = Math.min(bytes.length, at + removed);
        var result = Arrays.copyOf(bytes, at + put.length + bytes.length - rest);
        System.arraycopy(put, 0, result, at, put.length);
        System.arraycopy(bytes, rest, result, at + put.length, bytes.length - rest);
        return result;
    }
}
