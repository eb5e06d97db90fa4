package rok.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;

/**
 * Writes an archive entry by entry (docs/format/archive.md). After a file's entry the bytes of its stretches have to be
 * written, all of them. Does not close the stream. For one thread.
 */
public final class TarWriter {
    private static final byte[] MAGIC = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY = new byte[Ustar.BLOCK];

    private final OutputStream out;
    private long dataLeft;
    private int padding;

    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Says something about the archive that tar programs leave alone; comes first. */
    public void comment(String text) throws IOException {
        var records = new Records();
        records.add("comment", text);
        extended('g', records);
    }

    public void add(TarEntry entry) throws IOException {
        if (dataLeft > 0) {
            throw new IllegalStateException("%d bytes of the file before are missing".formatted(dataLeft));
        }
        switch (entry) {
            case TarEntry.Folder folder -> header(folder, '5', ByteString.EMPTY, 0, new Records());
            case TarEntry.File file -> file(file);
            case TarEntry.HardLink link -> header(link, '1', link.target(), 0, new Records());
            case TarEntry.Symlink link -> header(link, '2', link.target(), 0, new Records());
            case TarEntry.Fifo fifo -> header(fifo, '6', ByteString.EMPTY, 0, new Records());
            case TarEntry.Other other -> throw new IllegalArgumentException(other.path() + " is " + other.what());
        }
    }

    /** Bytes of the file that was added last, in the order of its stretches. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > dataLeft) {
            throw new IllegalStateException("%d bytes more than the entry says".formatted(length - dataLeft));
        }
        out.write(bytes, offset, length);
        dataLeft -= length;
        if (dataLeft == 0) {
            out.write(EMPTY, 0, padding);
        }
    }

    /** Ends the archive. */
    public void finish() throws IOException {
        out.write(EMPTY);
        out.write(EMPTY);
        out.flush();
    }

    private void file(TarEntry.File file) throws IOException {
        var records = new Records();
        var map = new byte[0];
        if (file.isSparse()) {
            records.add("GNU.sparse.major", "1");
            records.add("GNU.sparse.minor", "0");
            records.add("GNU.sparse.name", file.path());
            records.add("GNU.sparse.realsize", String.valueOf(file.length()));
            map = map(file);
        }
        var data = file.dataBytes();
        header(file, '0', ByteString.EMPTY, map.length + data, records);
        out.write(map);
        dataLeft = data;
        padding = Ustar.padding(data);
    }

    /** How many stretches there are, then where each begins and how long it is; the last one, maybe empty, ends the file. */
    private static byte[] map(TarEntry.File file) {
        var endsInHole = file.data().isEmpty() || file.data().getLast().end() < file.length();
        var text = new StringBuilder();
        text.append(file.data().size() + (endsInHole ? 1 : 0)).append('\n');
        for (var stretch : file.data()) {
            text.append(stretch.offset()).append('\n').append(stretch.length()).append('\n');
        }
        if (endsInHole) {
            text.append(file.length()).append("\n0\n");
        }
        var bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(bytes, bytes.length + Ustar.padding(bytes.length));
    }

    private void header(TarEntry entry, char type, ByteString target, long size, Records records) throws IOException {
        var attributes = entry.attributes();
        var block = new byte[Ustar.BLOCK];
        var path = entry instanceof TarEntry.Folder ? ByteString.of(withSlash(entry.path())) : entry.path();
        name(block, Ustar.NAME, "path", path, records);
        name(block, Ustar.LINK, "linkpath", target, records);
        number(block, Ustar.MODE, attributes.mode());
        number(block, Ustar.UID, "uid", attributes.uid(), records);
        number(block, Ustar.GID, "gid", attributes.gid(), records);
        number(block, Ustar.SIZE, "size", size, records);
        time(block, attributes, records);
        for (var xattr : attributes.xattrs()) {
            records.add(xattr);
        }
        if (!records.isEmpty()) {
            extended('x', records);
        }
        send(block, type);
    }

    private static byte[] withSlash(ByteString path) {
        var bytes = Arrays.copyOf(path.toArray(), path.length() + 1);
        bytes[path.length()] = '/';
        return bytes;
    }

    private static void name(byte[] block, Ustar.Field field, String key, ByteString name, Records records) {
        var bytes = name.toArray();
        System.arraycopy(bytes, 0, block, field.offset(), Math.min(bytes.length, field.length()));
        if (bytes.length > field.length()) {
            records.add(key, name);
        }
    }

    private static void number(byte[] block, Ustar.Field field, String key, long value, Records records) {
        if (value <= Ustar.octalMax(field)) {
            number(block, field, value);
        } else {
            number(block, field, 0);
            records.add(key, String.valueOf(value));
        }
    }

    private static void number(byte[] block, Ustar.Field field, long value) {
        var digits = Long.toOctalString(value);
        var room = field.length() - 1;
        var text = "0".repeat(room - digits.length()) + digits;
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, block, field.offset(), room);
    }

    private static void time(byte[] block, Attributes attributes, Records records) {
        var time = attributes.modified();
        var seconds = Math.clamp(time.getEpochSecond(), 0, Ustar.octalMax(Ustar.MTIME));
        number(block, Ustar.MTIME, seconds);
        if (!time.equals(Instant.ofEpochSecond(seconds))) {
            records.add("mtime", seconds(time));
        }
    }

    private static String seconds(Instant time) {
        var whole = BigDecimal.valueOf(time.getEpochSecond());
        return whole.add(BigDecimal.valueOf(time.getNano(), 9))
                .stripTrailingZeros()
                .toPlainString();
    }

    private void extended(char type, Records records) throws IOException {
        var bytes = records.toArray();
        var block = new byte[Ustar.BLOCK];
        name(block, Ustar.NAME, "path", ByteString.utf8("././@PaxHeader"), records);
        number(block, Ustar.MODE, 0644);
        number(block, Ustar.UID, 0);
        number(block, Ustar.GID, 0);
        number(block, Ustar.SIZE, bytes.length);
        number(block, Ustar.MTIME, 0);
        send(block, type);
        out.write(bytes);
        out.write(EMPTY, 0, Ustar.padding(bytes.length));
    }

    private void send(byte[] block, char type) throws IOException {
        block[Ustar.TYPE.offset()] = (byte) type;
        System.arraycopy(MAGIC, 0, block, Ustar.MAGIC.offset(), MAGIC.length);
        var sum = "%06o\0 ".formatted(Ustar.checksum(block)).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(sum, 0, block, Ustar.CHECKSUM.offset(), sum.length);
        out.write(block);
    }

    /** Records of an extended header: each {@code "length key=value\n"}, where the length counts itself too. */
    private static final class Records {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean binary;

        void add(String key, String value) {
            add(key, value.getBytes(StandardCharsets.UTF_8));
        }

        void add(String key, ByteString value) {
            if (!binary && !isUtf8(value)) {
                binary = true;
                add("hdrcharset", "BINARY");
            }
            add(key, value.toArray());
        }

        void add(Attributes.Xattr xattr) {
            var name = new String(xattr.name().toArray(), StandardCharsets.ISO_8859_1)
                    .replace("%", "%25")
                    .replace("=", "%3D");
            add(
                    "SCHILY.xattr.".getBytes(StandardCharsets.US_ASCII),
                    name.getBytes(StandardCharsets.ISO_8859_1),
                    xattr.value().toArray());
        }

        boolean isEmpty() {
            return bytes.size() == 0;
        }

        byte[] toArray() {
            return bytes.toByteArray();
        }

        private void add(String key, byte[] value) {
            add(key.getBytes(StandardCharsets.US_ASCII), new byte[0], value);
        }

        private void add(byte[] key, byte[] moreKey, byte[] value) {
            var rest = 1 + key.length + moreKey.length + 1 + value.length + 1;
            var length = rest + String.valueOf(rest).length();
            if (String.valueOf(length).length() > String.valueOf(rest).length()) {
                length++;
            }
            bytes.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(key);
            bytes.writeBytes(moreKey);
            bytes.write('=');
            bytes.writeBytes(value);
            bytes.write('\n');
        }

        private static boolean isUtf8(ByteString text) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text.toArray()));
                return true;
            } catch (CharacterCodingException _) {
                return false;
            }
        }
    }
}
