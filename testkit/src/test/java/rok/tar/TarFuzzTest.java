package rok.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.tar.TarEntry.Stretch;
import rok.testkit.Fuzz;

/** A broken archive is read or refused as one, in bounded memory, and never gives more than it has. */
class TarFuzzTest {
    private static final Attributes PLAIN =
            new Attributes(0644, 1000, 1000, Instant.ofEpochSecond(1_500_000_000), List.of());

    @Test
    void brokenArchivesAreReadOrRefused() throws IOException {
        var inputs = List.of(archive(), sparse(), old());
        new Fuzz("tar archive", Set.of(UncheckedIOException.class), 64 << 20)
                .run(inputs, TarFuzzTest::repaired, (input, _) -> {
                    try {
                        readAll(input);
                    } catch (TarException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static void readAll(byte[] input) throws IOException {
        var reader = new TarReader(new ByteArrayInputStream(input));
        var buffer = new byte[1 << 16];
        var read = 0L;
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            if (entry.get() instanceof TarEntry.File file) {
                var end = 0L;
                for (var stretch : file.data()) {
                    assertThat(stretch.offset()).isGreaterThanOrEqualTo(end);
                    assertThat(stretch.length()).isPositive();
                    end = stretch.end();
                }
                assertThat(end).isLessThanOrEqualTo(file.length());
                for (var count = reader.read(buffer, 0, buffer.length);
                        count > 0;
                        count = reader.read(buffer, 0, buffer.length)) {
                    read += count;
                }
            }
        }
        assertThat(read).isLessThanOrEqualTo(input.length);
    }

    private static byte[] archive() throws IOException {
        var out = new ByteArrayOutputStream();
        var tar = new TarWriter(out);
        tar.comment("{\"rok\":1}");
        tar.add(new TarEntry.Folder(ByteString.utf8("."), PLAIN));
        var xattrs = List.of(new Attributes.Xattr(ByteString.utf8("user.a=b"), ByteString.utf8("%\n=")));
        var exact = new Attributes(04755, 5_000_000_000L & 0xffffffffL, 7, Instant.ofEpochSecond(-2, 1), xattrs);
        file(tar, TarEntry.File.whole(ByteString.utf8("a".repeat(150)), exact, 1000));
        file(tar, TarEntry.File.whole(ByteString.of(new byte[] {'b', (byte) 0xff}), PLAIN, 512));
        tar.add(new TarEntry.HardLink(ByteString.utf8("c"), PLAIN, ByteString.utf8("a".repeat(150))));
        tar.add(new TarEntry.Symlink(ByteString.utf8("d"), PLAIN, ByteString.utf8("e/".repeat(100))));
        tar.add(new TarEntry.Fifo(ByteString.utf8("f"), PLAIN));
        tar.finish();
        return out.toByteArray();
    }

    private static byte[] sparse() throws IOException {
        var out = new ByteArrayOutputStream();
        var tar = new TarWriter(out);
        var data = List.of(new Stretch(1 << 20, 700), new Stretch(1L << 40, 100));
        file(tar, new TarEntry.File(ByteString.utf8("sparse"), PLAIN, 1L << 41, data));
        tar.finish();
        return out.toByteArray();
    }

    /** As old GNU tar writes: a long name, and a sparse file whose map goes on in a block of its own. */
    private static byte[] old() {
        var out = new ByteArrayOutputStream();
        var name = ("long/".repeat(40) + "\0").getBytes(StandardCharsets.US_ASCII);
        out.writeBytes(header('L', name.length));
        out.writeBytes(Arrays.copyOf(name, Ustar.BLOCK));
        var header = header('S', 2);
        octal(header, Ustar.GNU_REAL_SIZE, 100_000);
        octal(header, new Ustar.Field(Ustar.GNU_SPARSE.offset(), 12), 5000);
        octal(header, new Ustar.Field(Ustar.GNU_SPARSE.offset() + 12, 12), 1);
        header[Ustar.GNU_IS_EXTENDED.offset()] = 1;
        out.writeBytes(repaired(header, null));
        var more = new byte[Ustar.BLOCK];
        octal(more, new Ustar.Field(0, 12), 90_000);
        octal(more, new Ustar.Field(12, 12), 1);
        out.writeBytes(more);
        out.writeBytes(Arrays.copyOf(new byte[] {1, 2}, Ustar.BLOCK));
        out.writeBytes(new byte[2 * Ustar.BLOCK]);
        return out.toByteArray();
    }

    private static byte[] header(char type, long size) {
        var block = new byte[Ustar.BLOCK];
        block[0] = 'x';
        octal(block, Ustar.SIZE, size);
        block[Ustar.TYPE.offset()] = (byte) type;
        var magic = "ustar  ".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, block, Ustar.MAGIC.offset(), magic.length);
        return repaired(block, null);
    }

    private static void octal(byte[] block, Ustar.Field field, long value) {
        var digits = "%011o".formatted(value).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, block, field.offset(), digits.length);
    }

    private static void file(TarWriter tar, TarEntry.File file) throws IOException {
        tar.add(file);
        for (var stretch : file.data()) {
            var bytes = new byte[(int) stretch.length()];
            Arrays.fill(bytes, (byte) 'x');
            tar.write(bytes, 0, bytes.length);
        }
    }

    /** The checksum of every block that looks like a header. */
    private static byte[] repaired(byte[] broken, @Nullable RandomGenerator random) {
        for (var at = 0; at + Ustar.BLOCK <= broken.length; at += Ustar.BLOCK) {
            var block = Arrays.copyOfRange(broken, at, at + Ustar.BLOCK);
            if (block[Ustar.MAGIC.offset()] == 'u' && block[Ustar.MAGIC.offset() + 1] == 's') {
                var sum = "%06o\0 ".formatted(Ustar.checksum(block)).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(sum, 0, broken, at + Ustar.CHECKSUM.offset(), sum.length);
            }
        }
        return broken;
    }
}
