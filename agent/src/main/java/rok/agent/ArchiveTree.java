package rok.agent;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import rok.repository.ChunkWriter;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.tar.TarEntry;
import rok.tar.TarException;

/** What an archive holds, put in order: entries come as they like, trees want names ascending. For one thread. */
final class ArchiveTree {
    /** Some 300 bytes each, beside what the session knows of its chunks: within 256 MiB of heap. */
    static final int ENTRIES_MAX = 250_000;

    private final Meter meter;
    private final WarningList warnings = new WarningList();
    private final Folder top = new Folder();
    private int entries;

    ArchiveTree(Meter meter) {
        this.meter = meter;
    }

    /** What stands under a name. */
    sealed interface Node {}

    static final class Folder implements Node {
        private final TreeMap<ByteString, Node> children = new TreeMap<>();
        private Attributes attributes = Attributes.UNKNOWN_FOLDER;
    }

    private record Link(Attributes attributes, ByteString target) implements Node {}

    private record Fifo(Attributes attributes) implements Node {}

    /** A file, which all its names share. */
    private static final class File implements Node {
        private final Attributes attributes;
        private final Content content;
        /** Where it stands in a tree that is being written; null before it does. */
        private @Nullable ByteString first;

        File(Attributes attributes, Content content) {
            this.attributes = attributes;
            this.content = content;
        }
    }

    Folder top() {
        return top;
    }

    List<String> warnings() {
        return warnings.toList();
    }

    /** @param content of a file */
    void add(TarEntry entry, Content content) throws TarException {
        var names = names(entry.path());
        if (names.isEmpty()) {
            if (!(entry instanceof TarEntry.Folder)) {
                throw new TarException("an entry without a name, which is no folder");
            }
            top.attributes = entry.attributes();
            return;
        }
        if (++entries > ENTRIES_MAX) {
            throw new TarException("The archive has more than %,d entries: unpack it, and take a snapshot of that"
                    .formatted(ENTRIES_MAX));
        }
        switch (entry) {
            case TarEntry.Folder _ -> folder(names).attributes = entry.attributes();
            case TarEntry.File _ -> put(names, new File(entry.attributes(), content));
            case TarEntry.Symlink link -> put(names, new Link(entry.attributes(), link.target()));
            case TarEntry.Fifo _ -> put(names, new Fifo(entry.attributes()));
            case TarEntry.HardLink link -> put(names, file(link));
            case TarEntry.Other other -> {
                warnings.add("%s is %s, and was left out".formatted(other.path(), other.what()));
                return;
            }
        }
        meter.changed(entry instanceof TarEntry.File ? content.length() : 0);
    }

    private File file(TarEntry.HardLink link) throws TarException {
        Node at = top;
        for (var name : names(link.target())) {
            at = at instanceof Folder folder ? folder.children.get(name) : null;
        }
        if (at instanceof File file) {
            return file;
        }
        throw new TarException(
                "%s is a link to %s, and no such file came before".formatted(link.path(), link.target()));
    }

    private void put(List<ByteString> names, Node node) throws TarException {
        folder(names.subList(0, names.size() - 1)).children.put(names.getLast(), node);
    }

    /** The folder, made where it is not there; in place of whatever else bears its name. */
    private Folder folder(List<ByteString> names) throws TarException {
        if (names.size() > TreeWriting.DEPTH_MAX) {
            throw new TarException("folders nested more than %d deep".formatted(TreeWriting.DEPTH_MAX));
        }
        var at = top;
        for (var name : names) {
            if (at.children.get(name) instanceof Folder below) {
                at = below;
            } else {
                var made = new Folder();
                at.children.put(name, made);
                at = made;
            }
        }
        return at;
    }

    private static List<ByteString> names(ByteString path) throws TarException {
        var names = VersionFiles.split(path);
        try {
            names.forEach(Entry::checkName);
        } catch (IllegalArgumentException e) {
            throw new TarException("%s: %s".formatted(path, e.getMessage()));
        }
        return names;
    }

    /** A folder at the top, which is not there any more then. */
    Optional<Folder> takeFolder(ByteString name) {
        return top.children.get(name) instanceof Folder folder && top.children.remove(name, folder)
                ? Optional.of(folder)
                : Optional.empty();
    }

    /** What was not taken belongs to no volume. */
    void warnOfRest() {
        top.children.keySet().forEach(name -> warnings.add("%s is in no volume, and was left out".formatted(name)));
    }

    /** Writes the trees of a volume; gives its top folder. */
    Entry.Folder write(Folder volume, ChunkWriter.Lane lane) {
        var trees = new TreeBuilder(lane);
        return write(ByteString.EMPTY, VolumeSnapshot.TOP, volume, trees);
    }

    private Entry.Folder write(ByteString path, ByteString name, Folder folder, TreeBuilder trees) {
        trees.enter(name, folder.attributes);
        folder.children.forEach((childName, child) -> {
            switch (child) {
                case Folder below -> trees.addFolder(write(path.child(childName), childName, below, trees), false);
                case File file -> writeFile(path.child(childName), childName, file, trees);
                case Link link -> trees.add(new Entry.Symlink(childName, link.attributes, link.target), 0);
                case Fifo fifo -> trees.add(new Entry.Fifo(childName, fifo.attributes), 0);
            }
        });
        return trees.leave(Optional.empty());
    }

    private static void writeFile(ByteString path, ByteString name, File file, TreeBuilder trees) {
        var first = file.first;
        if (first == null) {
            file.first = path;
            trees.add(new Entry.File(name, file.attributes, file.content, ByteString.EMPTY), file.content.length());
        } else {
            trees.add(new Entry.File(name, file.attributes, file.content, first), 0);
        }
    }
}
