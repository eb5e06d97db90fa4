package rok.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rok.catalog.Version;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;
import rok.volume.DirectoryVolume;
import rok.volume.Kind;
import rok.volume.PathLookup;

/**
 * Finds what a restore would replace, before it begins. Only folders that are there already are looked into, so an empty
 * target costs nothing. For one thread.
 */
final class Conflicts {
    private final ChunkReader chunks;
    private final Path target;
    private final List<String> names = new ArrayList<>();
    private long count;

    /** @param target as the user named it */
    Conflicts(ChunkReader chunks, Path target) {
        this.chunks = chunks;
        this.target = target;
    }

    /** @param prefix of names in messages: the member's folder below the target */
    void look(Version.Member member, Path folder, Selection selection, ByteString prefix) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var volume = DirectoryVolume.open(folder);
                var lookup = volume.lookup()) {
            look(lookup, ByteString.EMPTY, member.root(), selection, prefix);
        }
    }

    private void look(PathLookup lookup, ByteString path, Content tree, Selection selection, ByteString prefix) {
        try {
            var entries = new TreeReader(chunks, tree);
            while (entries.hasNext()) {
                var entry = entries.next();
                var below = selection.below(entry.name());
                if (below.isPresent() && (below.get().isAll() || entry instanceof Entry.Folder)) {
                    look(lookup, path, entry, below.get(), prefix);
                }
            }
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            return; // what can't be read is not written either; the restore names it
        }
    }

    private void look(PathLookup lookup, ByteString folder, Entry entry, Selection selection, ByteString prefix) {
        var there = lookup.kind(Names.onDisk(folder), Names.onDisk(entry.name()));
        if (there.isEmpty()) {
            return;
        }
        var path = folder.child(entry.name());
        if (there.get() == Kind.FOLDER && entry instanceof Entry.Folder below) {
            look(lookup, path, below.tree(), selection, prefix);
            return;
        }
        count++;
        if (names.size() < FilesInTheWay.NAMED_MAX) {
            names.add((prefix.isEmpty() ? path : prefix.child(path)).toString());
        }
    }

    /** Throws {@link FilesInTheWay} if there was anything. */
    void refuse() {
        if (count > 0) {
            throw new FilesInTheWay(target, count, names);
        }
    }
}
