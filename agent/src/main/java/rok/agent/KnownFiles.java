package rok.agent;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.snapshot.EntryCodec;
import rok.volume.DirectoryVolume;
import rok.volume.StatCacheReader;
import rok.volume.Walk;
import rok.volume.WalkEvent;
import rok.volume.WalkOptions;
import rok.volume.Warning;

/**
 * The files of a folder whose content its stat cache knows, met in the order of a version's trees. Whoever relies on one
 * has to see first that the file still looks the same. For one thread; close it before the volume.
 */
final class KnownFiles implements AutoCloseable {
    private final StatCacheReader known;
    private final Walk walk;
    private rok.volume.@Nullable Entry next;

    /** @param known of that volume; is closed with this */
    KnownFiles(DirectoryVolume volume, StatCacheReader known) {
        Consumer<Warning> unheard = _ -> {};
        this.known = known;
        this.walk = volume.walk(WalkOptions.SNAPSHOT, known, unheard);
        this.next = advance();
    }

    private rok.volume.@Nullable Entry advance() {
        while (walk.hasNext()) {
            if (walk.next() instanceof WalkEvent.Found(var entry)
                    && entry.stat().isRegular()
                    && entry.known().isPresent()) {
                return entry;
            }
        }
        return null;
    }

    /** The file at that path, if it is known to hold what {@code file} does. Paths come in the order of a walk. */
    Optional<rok.volume.Entry> at(ByteString path, Entry.File file) {
        var wanted = Names.onDisk(path);
        while (next != null && compare(next.path(), wanted) < 0) {
            next = advance();
        }
        var there = next;
        return there != null && there.path().equals(wanted) && holds(there, file)
                ? Optional.of(there)
                : Optional.empty();
    }

    private static boolean holds(rok.volume.Entry there, Entry.File file) {
        return there.known()
                .map(made -> EntryCodec.decode(made.toArray()))
                .filter(made -> made instanceof Entry.File was && was.content().equals(file.content()))
                .isPresent();
    }

    @Override
    public void close() {
        walk.close();
        known.close();
    }

    /** The order of a walk: names of folders first, as if a slash came before every other byte. */
    static int compare(Bytes a, Bytes b) {
        var length = Math.min(a.length(), b.length());
        for (var i = 0; i < length; i++) {
            var order = Integer.compare(rank(a.at(i)), rank(b.at(i)));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int rank(byte value) {
        return value == '/' ? 0 : value & 0xff;
    }
}
