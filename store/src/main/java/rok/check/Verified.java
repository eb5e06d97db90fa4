package rok.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import rok.format.Checksum;
import rok.format.Magic;
import rok.format.StoreException;
import rok.pack.PackName;
import rok.repository.CachedFile;

/**
 * When each pack was last read from end to end and found good: docs/format/verified.md. A file of this machine that may be
 * lost, which costs that packs are read sooner than they need be.
 */
final class Verified {
    static final String FILE = "verified";
    private static final Magic MAGIC = new Magic("ROKVERI", 1);
    private static final int HEADER_BYTES = Magic.BYTES + 8;
    private static final int ENTRY_BYTES = PackName.BYTES + 8;
    private static final int ENTRIES_MAX = 1 << 22;

    private final Path folder;
    private final Path file;

    Verified(Path folder) {
        this.folder = folder;
        this.file = folder.resolve(FILE);
    }

    /** For each pack of the list the second, since 1970, at which it was last seen whole; 0 for never. */
    long[] times(PackList packs) {
        var times = new long[packs.count()];
        var bytes = read();
        while (bytes.remaining() >= ENTRY_BYTES) {
            var pack = packs.find(new PackName(bytes.getLong(), bytes.getLong()));
            var time = bytes.getLong();
            if (pack >= 0 && time > 0) {
                times[pack] = time;
            }
        }
        return times;
    }

    /** The entries of the file; none where it is damaged, or not there. */
    private ByteBuffer read() {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > HEADER_BYTES + (long) ENTRIES_MAX * ENTRY_BYTES) {
                return ByteBuffer.allocate(0);
            }
            var bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            if (bytes.remaining() < HEADER_BYTES || bytes.getLong() != MAGIC.value()) {
                return ByteBuffer.allocate(0);
            }
            var count = bytes.getInt();
            var checksum = bytes.getInt();
            return count == bytes.remaining() / ENTRY_BYTES
                            && bytes.remaining() % ENTRY_BYTES == 0
                            && checksum == Checksum.of(bytes)
                    ? bytes
                    : ByteBuffer.allocate(0);
        } catch (IOException _) {
            return ByteBuffer.allocate(0);
        }
    }

    /** Keeps the times, and of packs that another process read meanwhile the later ones. */
    void keep(PackList packs, long[] times) {
        var others = times(packs);
        var order = new long[packs.count()];
        var count = 0;
        for (var pack = 0; pack < packs.count(); pack++) {
            times[pack] = Math.max(times[pack], others[pack]);
            if (times[pack] > 0) {
                order[count++] = pack;
            }
        }
        // What does not fit is what was read longest ago by name, and is read again sooner
        var kept = Arrays.copyOf(order, Math.min(count, ENTRIES_MAX));
        var content = new byte[HEADER_BYTES + kept.length * ENTRY_BYTES];
        var bytes = ByteBuffer.wrap(content);
        bytes.position(HEADER_BYTES);
        for (var pack : kept) {
            var name = packs.name((int) pack);
            bytes.putLong(name.high()).putLong(name.low()).putLong(times[(int) pack]);
        }
        var checksum = Checksum.of(bytes, HEADER_BYTES, bytes.capacity() - HEADER_BYTES);
        bytes.putLong(0, MAGIC.value()).putInt(8, kept.length).putInt(12, checksum);
        write(content);
    }

    private void write(byte[] content) {
        try {
            CachedFile.write(folder, FILE, List.of(ByteBuffer.wrap(content)));
        } catch (IOException e) {
            throw new StoreException.Unavailable(
                    "What was verified can't be kept in %s (%s); make room or give access there".formatted(file, e), e);
        }
    }
}
