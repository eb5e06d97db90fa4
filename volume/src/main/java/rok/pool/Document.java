package rok.pool;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;
import rok.linux.Errno;
import rok.linux.Flags;
import rok.linux.LinuxException;

/** A small text file of a pool: its kind and version, a line {@code key value} for each value, and a checksum. */
final class Document {
    static final int BYTES_MAX = 128 << 10;

    /** What a document is called until it is whole. */
    static final String UNFINISHED = ".new";

    private static final int VERSION = 1;
    private static final String CHECKSUM = "crc32c ";

    private final Path file;
    private final Map<String, String> values;

    private Document(Path file, Map<String, String> values) {
        this.file = file;
        this.values = values;
    }

    /**
     * Throws {@link PoolException.NotFound} where there is none, {@link PoolException.Damaged} where it is not as it was
     * written, {@link PoolException} where a newer Rok wrote it.
     */
    static Document read(PoolFiles files, Path file, String kind) {
        var text = text(file, bytes(files, file));
        var end = text.lastIndexOf(CHECKSUM);
        var firstEnd = text.indexOf('\n');
        if (firstEnd < 0 || !text.startsWith(kind + " ")) {
            throw damaged(file, "it does not begin with \"%s\"".formatted(kind));
        }
        var version = text.substring(kind.length() + 1, firstEnd);
        if (!version.equals(Integer.toString(VERSION)) && version.matches("[0-9]{1,9}")) {
            throw new PoolException("%s is of version %s, this Rok reads version %d: use a newer Rok"
                    .formatted(file, version, VERSION));
        }
        if (end <= firstEnd || !text.substring(end).equals(checksumLine(text.substring(0, end)))) {
            throw damaged(file, "its checksum is wrong");
        }
        var values = new HashMap<String, String>();
        text.substring(firstEnd + 1, end).lines().forEach(line -> {
            var space = line.indexOf(' ');
            if (space <= 0 || values.put(line.substring(0, space), line.substring(space + 1)) != null) {
                throw damaged(file, "it has a line that is none");
            }
        });
        return new Document(file, values);
    }

    private static byte[] bytes(PoolFiles files, Path file) {
        try (var open = files.open(file, Flags.O_RDONLY | Flags.O_NONBLOCK)) {
            var stat = files.linux().stat(open);
            if (!stat.isRegular() || stat.size() > BYTES_MAX) {
                throw damaged(file, "it is no file of at most %d bytes".formatted(BYTES_MAX));
            }
            var bytes = new byte[(int) stat.size()];
            for (var at = 0; at < bytes.length; ) {
                var read = files.linux().read(open, bytes, at, bytes.length - at, at);
                if (read == 0) {
                    throw damaged(file, "it became shorter");
                }
                at += read;
            }
            return bytes;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                throw new PoolException.NotFound("There is no " + file);
            }
            throw e;
        }
    }

    private static String text(Path file, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged(file, "it is no text");
        }
    }

    private static PoolException.Damaged damaged(Path file, String found) {
        return new PoolException.Damaged("%s is damaged: %s. It is left as it is".formatted(file, found));
    }

    private static String checksumLine(String before) {
        var crc = new CRC32C();
        crc.update(before.getBytes(StandardCharsets.UTF_8));
        return CHECKSUM + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
    }

    /** Replaces the file at once: a crash leaves the old one or this, whole. One writer at a time. */
    static void write(PoolFiles files, Path file, String kind, Map<String, String> values) {
        var text = new StringBuilder("%s %d\n".formatted(kind, VERSION));
        values.forEach(
                (key, value) -> text.append(key).append(' ').append(value).append('\n'));
        var bytes = text.append(checksumLine(text.toString())).toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > BYTES_MAX) {
            throw new PoolException(
                    "%s would have %d bytes, at most %d are possible".formatted(file, bytes.length, BYTES_MAX));
        }
        var unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        files.removeIfThere(unfinished);
        try (var open = files.create(unfinished)) {
            files.linux().write(open, bytes, 0, bytes.length, 0);
            files.linux().sync(open);
        }
        files.rename(unfinished, file);
    }

    String text(String key) {
        var value = values.get(key);
        if (value == null) {
            throw damaged(file, "it has no " + key);
        }
        return value;
    }

    /** Not negative. */
    long number(String key) {
        var value = text(key);
        if (!value.matches("[0-9]{1,18}")) {
            throw damaged(file, "its %s is no number".formatted(key));
        }
        return Long.parseLong(value);
    }
}
