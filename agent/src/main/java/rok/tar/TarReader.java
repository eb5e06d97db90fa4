package rok.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;

/**
 * Reads an archive entry by entry (docs/format/archive.md), in bounded memory whatever stands there. After a file's entry
 * the bytes of its stretches can be read; what is not read is passed over. Failures of the archive are {@link
 * TarException}s that name the byte where the entry begins. For one thread.
 */
public final class TarReader {
    private static final int EXTENDED_BYTES_MAX = (1 << 20) + Attributes.XATTR_BYTES_MAX;
    private static final int MAP_DIGITS_MAX = 19;

    private final InputStream in;
    private final Pax global = new Pax();
    private final byte[] block = new byte[Ustar.BLOCK];
    private long position;
    private long dataLeft;
    private long padding;
    private boolean ended;

    public TarReader(InputStream in) {
        this.in = in;
    }

    /** What the archive says of itself, if it does: known once the first entry was read. */
    public Optional<String> comment() {
        return global.text("comment");
    }

    /** Nothing at the archive's end. */
    public Optional<TarEntry> next() throws IOException {
        pass(dataLeft + padding);
        dataLeft = 0;
        padding = 0;
        if (ended) {
            return Optional.empty();
        }
        var start = position;
        try {
            return entry();
        } catch (TarException e) {
            throw new TarException("The entry at byte %,d: %s".formatted(start, e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new TarException("The entry at byte %,d: %s".formatted(start, e.getMessage()));
        }
    }

    /** Fills the range with the next bytes of the file's stretches; gives how many there were, fewer only at their end. */
    public int read(byte[] into, int offset, int length) throws IOException {
        var wanted = (int) Math.min(length, dataLeft);
        fill(into, offset, wanted);
        dataLeft -= wanted;
        return wanted;
    }

    private Optional<TarEntry> entry() throws IOException {
        var pax = new Pax();
        ByteString longName = ByteString.EMPTY;
        ByteString longTarget = ByteString.EMPTY;
        while (true) {
            fill(block, 0, Ustar.BLOCK);
            if (isZero(block)) {
                ended = true;
                return Optional.empty();
            }
            checkSum();
            var size = number(Ustar.SIZE);
            switch (block[Ustar.TYPE.offset()]) {
                case 'g' -> global.read(extended(size));
                case 'x' -> pax.read(extended(size));
                case 'L' -> longName = untilZero(extended(size));
                case 'K' -> longTarget = untilZero(extended(size));
                case 'V' -> pass(size + Ustar.padding(size)); // the archive's label
                default -> {
                    return Optional.of(entry(pax, longName, longTarget, size));
                }
            }
        }
    }

    private TarEntry entry(Pax pax, ByteString longName, ByteString longTarget, long headerSize) throws IOException {
        var type = (char) (block[Ustar.TYPE.offset()] & 0xff);
        var path = pax.bytes("path").orElse(longName.isEmpty() ? name() : longName);
        var target = pax.bytes("linkpath").orElse(longTarget.isEmpty() ? text(Ustar.LINK) : longTarget);
        var size = pax.number("size").orElse(headerSize);
        var attributes = new Attributes(
                (int) number(Ustar.MODE) & 07777,
                pax.number("uid").orElse(number(Ustar.UID)),
                pax.number("gid").orElse(number(Ustar.GID)),
                time(pax),
                pax.xattrs());
        return switch (type) {
            case '0', '\0', '7' ->
                path.length() > 0 && path.at(path.length() - 1) == '/'
                        ? new TarEntry.Folder(path, attributes) // as old programs wrote them
                        : file(pax, path, attributes, size);
            case 'S' -> oldSparse(path, attributes, size);
            case '1' -> new TarEntry.HardLink(path, attributes, target);
            case '2' -> new TarEntry.Symlink(path, attributes, target);
            case '3' -> new TarEntry.Other(path, attributes, "a character device");
            case '4' -> new TarEntry.Other(path, attributes, "a block device");
            case '5' -> new TarEntry.Folder(path, attributes);
            case '6' -> new TarEntry.Fifo(path, attributes);
            case 'M' -> throw new TarException("it goes on from another volume of a multi-volume archive");
            default -> throw new TarException("an unknown type '%s' of %s".formatted(printable(type), path));
        };
    }

    private Instant time(Pax pax) throws TarException {
        var exact = pax.time("mtime");
        try {
            return exact.isPresent() ? exact.get() : Instant.ofEpochSecond(signed(Ustar.MTIME));
        } catch (DateTimeException _) {
            throw new TarException("a time out of range");
        }
    }

    private TarEntry file(Pax pax, ByteString path, Attributes attributes, long size) throws IOException {
        dataLeft = size;
        padding = Ustar.padding(size);
        if (pax.has("GNU.sparse.offset") || pax.has("GNU.sparse.numbytes")) {
            throw new TarException("%s is a sparse file in the form 0.0 of GNU tar, which is not read".formatted(path));
        }
        if (pax.has("GNU.sparse.map")) {
            var length = pax.number("GNU.sparse.size").orElse(size);
            return sparse(pax.bytes("GNU.sparse.name").orElse(path), attributes, length, pax.numbers("GNU.sparse.map"));
        }
        if (pax.has("GNU.sparse.major")) {
            var version = pax.text("GNU.sparse.major").orElse("") + "."
                    + pax.text("GNU.sparse.minor").orElse("");
            if (!version.equals("1.0")) {
                throw new TarException("%s is a sparse file in an unknown form %s".formatted(path, version));
            }
            var map = map();
            var length = pax.number("GNU.sparse.realsize").orElse(size);
            return sparse(pax.bytes("GNU.sparse.name").orElse(path), attributes, length, map);
        }
        return TarEntry.File.whole(path, attributes, size);
    }

    /** @param map where each stretch begins and how long it is, one after the other */
    private TarEntry sparse(ByteString path, Attributes attributes, long length, List<Long> map) throws TarException {
        var stretches = new ArrayList<TarEntry.Stretch>();
        var data = 0L;
        var end = 0L;
        if (map.size() % 2 != 0 || map.size() / 2 > TarEntry.File.STRETCHES_MAX) {
            throw new TarException("the map of sparse file %s is broken".formatted(path));
        }
        for (var i = 0; i < map.size(); i += 2) {
            var stretch = new TarEntry.Stretch(map.get(i), map.get(i + 1));
            if (stretch.offset() < end || stretch.length() > length - stretch.offset()) {
                throw new TarException("the map of sparse file %s is broken".formatted(path));
            }
            end = stretch.end();
            data += stretch.length();
            // Some programs end a map with an empty one
            TarEntry.Stretch.append(stretches, stretch);
        }
        if (data != dataLeft) {
            throw new TarException("sparse file %s has %d bytes where its map says %d".formatted(path, dataLeft, data));
        }
        return new TarEntry.File(path, attributes, length, stretches);
    }

    /** The map before a file's data: decimal numbers, each on a line, how many pairs there are first. */
    private List<Long> map() throws IOException {
        var lines = new MapLines();
        var count = lines.number();
        if (count > TarEntry.File.STRETCHES_MAX) {
            throw new TarException("a sparse file of %d stretches, more than a million".formatted(count));
        }
        var numbers = new ArrayList<Long>();
        for (var left = 2 * count; left > 0; left--) {
            numbers.add(lines.number());
        }
        return numbers;
    }

    /** Takes a map block by block out of the file's bytes. */
    private final class MapLines {
        private final byte[] bytes = new byte[Ustar.BLOCK];
        private int at = Ustar.BLOCK;

        long number() throws IOException {
            var value = 0L;
            for (var digits = 0; digits <= MAP_DIGITS_MAX; digits++) {
                var c = next();
                if (c == '\n' && digits > 0) {
                    return value;
                }
                if (c < '0' || c > '9' || value > (Long.MAX_VALUE - 9) / 10) {
                    break;
                }
                value = 10 * value + c - '0';
            }
            throw new TarException("the map of a sparse file is broken");
        }

        private int next() throws IOException {
            if (at == Ustar.BLOCK) {
                if (TarReader.this.read(bytes, 0, Ustar.BLOCK) < Ustar.BLOCK) {
                    throw new TarException("the map of a sparse file is cut off");
                }
                at = 0;
            }
            return bytes[at++] & 0xff;
        }
    }

    private TarEntry oldSparse(ByteString path, Attributes attributes, long size) throws IOException {
        var length = number(Ustar.GNU_REAL_SIZE);
        var map = new ArrayList<Long>();
        pairs(Ustar.GNU_SPARSE, map);
        var more = block[Ustar.GNU_IS_EXTENDED.offset()] != 0;
        while (more) {
            if (map.size() / 2 > TarEntry.File.STRETCHES_MAX) {
                throw new TarException("sparse file %s has more than a million stretches".formatted(path));
            }
            fill(block, 0, Ustar.BLOCK);
            pairs(Ustar.GNU_MORE_SPARSE, map);
            more = block[Ustar.GNU_MORE_IS_EXTENDED.offset()] != 0;
        }
        dataLeft = size;
        padding = Ustar.padding(size);
        return sparse(path, attributes, length, map);
    }

    private void pairs(Ustar.Field field, List<Long> map) throws TarException {
        for (var at = field.offset(); at < field.end(); at += 24) {
            if (block[at] == 0 && block[at + 12] == 0) {
                return;
            }
            map.add(number(new Ustar.Field(at, 12)));
            map.add(number(new Ustar.Field(at + 12, 12)));
        }
    }

    private ByteString name() {
        var name = text(Ustar.NAME);
        // GNU's own headers have other things where POSIX has the prefix
        var isPosix = block[Ustar.MAGIC.offset() + 5] == 0 && block[Ustar.MAGIC.offset()] == 'u';
        var prefix = isPosix ? text(Ustar.PREFIX) : ByteString.EMPTY;
        return prefix.isEmpty() ? name : prefix.child(name);
    }

    private ByteString text(Ustar.Field field) {
        return untilZero(Arrays.copyOfRange(block, field.offset(), field.end()));
    }

    private static ByteString untilZero(byte[] bytes) {
        var length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return ByteString.of(bytes, 0, length);
    }

    private byte[] extended(long size) throws IOException {
        if (size > EXTENDED_BYTES_MAX) {
            throw new TarException(
                    "an extended header of %,d bytes, more than %,d".formatted(size, EXTENDED_BYTES_MAX));
        }
        var bytes = new byte[(int) size];
        fill(bytes, 0, bytes.length);
        pass(Ustar.padding(size));
        return bytes;
    }

    private void checkSum() throws TarException {
        var stated = number(Ustar.CHECKSUM);
        var signed = 0L;
        for (var i = 0; i < Ustar.BLOCK; i++) {
            signed += i >= Ustar.CHECKSUM.offset() && i < Ustar.CHECKSUM.end() ? ' ' : block[i];
        }
        // Old programs added bytes with their sign
        if (stated != Ustar.checksum(block) && stated != signed) {
            throw new TarException("its checksum is wrong: no tar archive, or a damaged one");
        }
    }

    private long number(Ustar.Field field) throws TarException {
        var value = signed(field);
        if (value < 0) {
            throw new TarException("a number below 0");
        }
        return value;
    }

    /** Octal digits; or, where the first bit is set, as GNU writes large ones, the bytes of the number. */
    private long signed(Ustar.Field field) throws TarException {
        return (block[field.offset()] & 0x80) != 0 ? binary(field) : octal(field);
    }

    private long binary(Ustar.Field field) throws TarException {
        var isNegative = (block[field.offset()] & 0x40) != 0;
        var value = isNegative ? -1L : 0L;
        for (var i = 0; i < field.length(); i++) {
            var bits = i == 0 ? (isNegative ? 0xff : block[field.offset()] & 0x7f) : block[field.offset() + i] & 0xff;
            if (i < field.length() - 8 && bits != (isNegative ? 0xff : 0)) {
                throw new TarException("a number of more than 63 bits");
            }
            value = (value << 8) | bits;
        }
        if (value < 0 != isNegative) {
            throw new TarException("a number of more than 63 bits");
        }
        return value;
    }

    private long octal(Ustar.Field field) throws TarException {
        var text = new String(block, field.offset(), field.length(), StandardCharsets.ISO_8859_1);
        var end = text.indexOf('\0');
        var digits = (end < 0 ? text : text.substring(0, end)).strip();
        if (digits.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(digits, 8);
        } catch (NumberFormatException _) {
            throw new TarException("a number that is none: no tar archive, or a damaged one");
        }
    }

    private void pass(long count) throws IOException {
        var passed = new byte[(int) Math.min(count, 1 << 16)];
        for (var left = count; left > 0; ) {
            var some = (int) Math.min(left, passed.length);
            fill(passed, 0, some);
            left -= some;
        }
    }

    private void fill(byte[] into, int offset, int length) throws IOException {
        var count = in.readNBytes(into, offset, length);
        position += count;
        if (count < length) {
            throw new TarException(
                    "the archive ends at byte %,d, without its end mark: it was cut off".formatted(position));
        }
    }

    private static boolean isZero(byte[] bytes) {
        for (var b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String printable(char type) {
        return type > ' ' && type < 0x7f ? String.valueOf(type) : "\\x%02x".formatted((int) type);
    }
}
