package rok.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import rok.format.ByteReader;
import rok.format.ByteWriter;
import rok.format.Checksum;
import rok.format.Magic;
import rok.format.StoreException;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.KeySegment;
import rok.names.RokUrl;

/**
 * What listings learnt of one bucket's versions that will never change, in a file of the user's cache folder
 * (docs/format/catalog.md). Deleting it costs time and nothing else; so does failing to write it.
 */
final class SummaryCache {
    private static final Magic MAGIC = new Magic("ROKSUMM", 2);
    /** Room for some 250,000 versions; a longer file is not read, and written anew from what is learnt. */
    private static final long FILE_BYTES_MAX = 64L << 20;

    private static final int ENTRY_BYTES_MAX = 16 << 20;
    private static final int FRAME_BYTES = 8;
    private static final int COMMITTED = 1;
    private static final int ABORTED = 2;
    /** So many entries of versions that are gone are not worth a rewrite. */
    private static final int DEAD_MIN = 1000;

    private final Optional<Path> file;
    private final Map<String, ByteBuffer> known = new HashMap<>();
    private final List<byte[]> learnt = new ArrayList<>();
    /** How far the file is good; 0 when there is none, or another format's. */
    private long goodBytes;

    private int entries;

    SummaryCache(Optional<Path> folder, AccountName account, BucketName bucket) {
        file = folder.map(in -> in.resolve(KeySegment.of(account)).resolve(KeySegment.of(bucket) + ".summaries"));
        file.ifPresent(this::load);
    }

    /** What is known of the version; its URL is the caller's. */
    Optional<VersionSummary> find(String key, RokUrl url) {
        var body = known.get(key);
        if (body == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(decode(new ByteReader(body.duplicate(), "A cached summary"), url));
        } catch (StoreException.Corrupt _) {
            // Written by something that we are not: learn it anew
            return Optional.empty();
        }
    }

    /** The part that a sum over a file's versions needs, without the rest: there are many. */
    Optional<Brief> brief(String key) {
        var body = known.get(key);
        if (body == null) {
            return Optional.empty();
        }
        try {
            var in = new ByteReader(body.duplicate(), "A cached summary");
            return Optional.of(new Brief(state(in), in.varint()));
        } catch (StoreException.Corrupt _) {
            return Optional.empty();
        }
    }

    /** A version's state, and the bytes that it grew the store by. */
    record Brief(VersionState state, long storedBytes) {
        static Brief of(VersionSummary summary) {
            return new Brief(summary.state(), summary.size().stored());
        }
    }

    void learn(String key, VersionSummary summary) {
        var body = encode(key, summary);
        learnt.add(body);
        put(ByteBuffer.wrap(body));
    }

    /** Appends what was learnt. */
    void save() {
        if (learnt.isEmpty() || file.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(file.get().getParent());
            try (var channel = FileChannel.open(
                            file.get(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    var lock = channel.tryLock()) {
                // Whoever holds the lock learns the same, most likely
                if (lock != null) {
                    append(channel);
                }
            }
            learnt.clear();
        } catch (IOException _) {
            // A cache: the next listing reads the records again
        }
    }

    /** Most of the file is about versions that are gone, where so many are there. */
    boolean isMostlyDead(int live) {
        return file.isPresent() && entries - live >= Math.max(DEAD_MIN, live);
    }

    /** Writes the file anew, with what is about versions that are there. */
    void compact(Set<String> live) {
        if (file.isEmpty()) {
            return;
        }
        var all = new ByteWriter(Integer.MAX_VALUE - 8).magic(MAGIC);
        known.forEach((key, body) -> {
            if (live.contains(key)) {
                frame(all, whole(key, body));
            }
        });
        try {
            var temporary = Files.createTempFile(file.get().getParent(), "summaries", ".new");
            Files.write(temporary, all.toByteArray());
            Files.move(temporary, file.get(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException _) {
            // The long file still serves
        }
    }

    private void append(FileChannel channel) throws IOException {
        // Another process may have appended since we read: then our end is not the end, and its entries are kept
        var end = Math.max(goodBytes, 0);
        if (channel.size() > end && goodBytes > 0) {
            end = goodEnd(channel, end);
        }
        var out = new ByteWriter(Integer.MAX_VALUE - 8);
        if (end == 0) {
            out.magic(MAGIC);
        }
        learnt.forEach(body -> frame(out, body));
        channel.truncate(end);
        channel.position(end);
        var bytes = ByteBuffer.wrap(out.array(), 0, out.length());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        goodBytes = channel.position();
    }

    /** Where the last good entry ends, from a place where one begins. */
    private static long goodEnd(FileChannel channel, long from) throws IOException {
        var rest = new byte[Math.toIntExact(Math.min(channel.size() - from, ENTRY_BYTES_MAX))];
        var read = Math.max(channel.read(ByteBuffer.wrap(rest), from), 0);
        var good = 0;
        for (var end = entryEnd(rest, 0, read); end > 0; end = entryEnd(rest, end, read)) {
            good = end;
        }
        return from + good;
    }

    private void load(Path from) {
        try {
            if (!Files.exists(from) || Files.size(from) > FILE_BYTES_MAX) {
                return;
            }
            var bytes = Files.readAllBytes(from);
            if (bytes.length < Magic.BYTES || ByteBuffer.wrap(bytes).getLong() != MAGIC.value()) {
                return;
            }
            var good = Magic.BYTES;
            for (var end = entryEnd(bytes, good, bytes.length); end > 0; end = entryEnd(bytes, end, bytes.length)) {
                entries++;
                put(ByteBuffer.wrap(bytes, good + FRAME_BYTES, end - good - FRAME_BYTES));
                good = end;
            }
            goodBytes = good;
        } catch (IOException | StoreException.Corrupt _) {
            known.clear();
            goodBytes = 0;
        }
    }

    /** Where the entry ends that begins at {@code start}; -1 where none is whole. */
    private static int entryEnd(byte[] bytes, int start, int limit) {
        if (limit - start < FRAME_BYTES) {
            return -1;
        }
        var frame = ByteBuffer.wrap(bytes, start, FRAME_BYTES);
        var length = frame.getInt();
        if (length <= 0
                || length > limit - start - FRAME_BYTES
                || Checksum.of(bytes, start + FRAME_BYTES, length) != frame.getInt()) {
            return -1;
        }
        return start + FRAME_BYTES + length;
    }

    private static void frame(ByteWriter out, byte[] body) {
        out.u32(body.length)
                .u32(Checksum.of(body, 0, body.length) & 0xffff_ffffL)
                .bytes(body);
    }

    private void put(ByteBuffer body) {
        var reader = new ByteReader(body, "A cached summary");
        known.put(text(reader), body.slice(body.position() + reader.offset(), reader.remaining()));
    }

    private static byte[] whole(String key, ByteBuffer body) {
        var out = new ByteWriter(ENTRY_BYTES_MAX);
        text(out, key);
        var rest = new byte[body.remaining()];
        body.duplicate().get(rest);
        return out.bytes(rest).toByteArray();
    }

    private static byte[] encode(String key, VersionSummary summary) {
        var out = new ByteWriter(ENTRY_BYTES_MAX);
        text(out, key);
        out.u8(summary.state() == VersionState.COMMITTED ? COMMITTED : ABORTED)
                .varint(summary.size().stored())
                .varint(summary.size().fresh())
                .varint(summary.size().logical())
                .i64(summary.created().getEpochSecond())
                .u32(summary.created().get(ChronoField.NANO_OF_SECOND))
                .varint(summary.members())
                .u8(summary.complete() ? 1 : 0);
        text(out, summary.title());
        text(out, summary.message());
        text(out, summary.hash());
        out.varint(summary.labels().size());
        new TreeMap<>(summary.labels()).forEach((name, value) -> {
            text(out, name);
            text(out, value);
        });
        return out.toByteArray();
    }

    private static VersionSummary decode(ByteReader in, RokUrl url) {
        var state = state(in);
        var stored = in.varint();
        var fresh = in.varint();
        var size = new Version.Size(in.varint(), fresh, stored);
        var created = time(in);
        var members = (int) Math.min(in.varint(), Integer.MAX_VALUE);
        var complete = in.u8() == 1;
        var title = text(in);
        var message = text(in);
        var hash = text(in);
        var labels = new HashMap<String, String>();
        for (var left = in.count(2); left > 0; left--) {
            labels.put(text(in), text(in));
        }
        var percent = state == VersionState.COMMITTED ? 100 : 0;
        return new VersionSummary(url, state, created, title, message, labels, hash, size, percent, members, complete);
    }

    private static Instant time(ByteReader in) {
        try {
            return Instant.ofEpochSecond(in.i64(), in.u32());
        } catch (DateTimeException | ArithmeticException _) {
            throw in.corrupt("a time out of range");
        }
    }

    private static VersionState state(ByteReader in) {
        return switch (in.u8()) {
            case COMMITTED -> VersionState.COMMITTED;
            case ABORTED -> VersionState.ABORTED;
            default -> throw in.corrupt("an unknown state");
        };
    }

    private static void text(ByteWriter out, String text) {
        out.bytesWithLength(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteReader in) {
        return new String(in.bytesWithLength(ENTRY_BYTES_MAX), StandardCharsets.UTF_8);
    }
}
