package rok.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.catalog.Version;
import rok.format.StoreException;
import rok.linux.Bytes;
import rok.repository.ChunkReader;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.TreeReader;
import rok.snapshot.TreesAhead;
import rok.volume.Attribute;
import rok.volume.DirectoryWriter;
import rok.volume.FileContent;
import rok.volume.Metadata;

/**
 * Drives a writer with what a volume's trees hold. A tree that is damaged ends its folder, and no more. Of a store that is far,
 * what comes next is known, and on its way, before its turn to be written.
 */
final class TreeWriting {
    /** Folders in each other: who goes through them takes a call for each. */
    static final int DEPTH_MAX = 2048;

    private final ChunkReader chunks;
    private final DirectoryWriter writer;
    private final RestoreRun run;
    private final Contents contents;
    /** Files whose first name is not selected: the name that took its place. */
    private final Map<ByteString, Bytes> placed = new HashMap<>();

    private final StepsAhead steps;
    private Selection whole = Selection.ALL;

    TreeWriting(ChunkReader chunks, DirectoryWriter writer, RestoreRun run, Contents contents) {
        this.chunks = chunks;
        this.writer = writer;
        this.run = run;
        this.contents = contents;
        this.steps = new StepsAhead(chunks.isFar());
    }

    /** Where the bytes of a file come from. Called in the order of the trees, by one thread. */
    interface Contents {
        /**
         * @param isLink whether it is another name of a file that came before, so that most likely nothing is asked of it
         * @param extents of the file, where they are known already
         */
        FileContent of(ByteString path, Entry.File file, boolean isLink, Optional<List<Extent>> extents);

        /** No more come. */
        default void end() {}
    }

    void write(Version.Member member, Selection selection) {
        whole = selection;
        try (var trees = TreesAhead.withLists(chunks, member.root(), selection.isAll())) {
            var entries = read(trees, ByteString.EMPTY, member.root());
            var self = entries.flatMap(TreeReader::self).orElseGet(() -> Attributes.UNKNOWN_FOLDER);
            steps.then(0, () -> writer.enter(Bytes.EMPTY, metadata(self)));
            entries.ifPresent(reader -> writeAll(trees, ByteString.EMPTY, reader, selection, 0));
            steps.then(0, writer::leave);
        }
        contents.end();
        steps.finish();
    }

    private Optional<TreeReader> read(TreesAhead trees, ByteString path, Content tree) {
        try {
            return Optional.of(trees.open(tree));
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            run.damaged(path, e);
            return Optional.empty();
        }
    }

    private void writeAll(TreesAhead trees, ByteString folder, TreeReader entries, Selection selection, int depth) {
        for (var entry = next(folder, entries); entry.isPresent(); entry = next(folder, entries)) {
            var found = entry.get();
            var below = selection.below(found.name());
            if (below.isPresent() && (below.get().isAll() || found instanceof Entry.Folder)) {
                write(trees, folder.child(found.name()), found, below.get(), depth);
            }
        }
    }

    private Optional<Entry> next(ByteString folder, TreeReader entries) {
        try {
            return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            run.damaged(folder, e);
            return Optional.empty();
        }
    }

    private void write(TreesAhead trees, ByteString path, Entry entry, Selection selection, int depth) {
        run.step();
        var name = Names.onDisk(entry.name());
        var metadata = metadata(entry.attributes());
        switch (entry) {
            case Entry.Folder folder -> {
                if (depth == DEPTH_MAX) {
                    throw new StoreException.Corrupt("Folder %s is nested too deep".formatted(path));
                }
                steps.then(0, () -> writer.enter(name, metadata));
                read(trees, path, folder.tree())
                        .ifPresent(entries -> writeAll(trees, path, entries, selection, depth + 1));
                steps.then(0, writer::leave);
            }
            case Entry.File file -> writeFile(trees, path, file, name, metadata);
            case Entry.Symlink link ->
                steps.then(0, () -> {
                    writer.symlink(name, metadata, Names.onDisk(link.target()));
                    run.wroteFile();
                });
            case Entry.Fifo _ ->
                steps.then(0, () -> {
                    writer.fifo(name, metadata);
                    run.wroteFile();
                });
        }
    }

    private void writeFile(TreesAhead trees, ByteString path, Entry.File file, Bytes name, Metadata metadata) {
        var first = file.first();
        var existing = first.isEmpty()
                ? Optional.<Bytes>empty()
                : whole.contains(first) ? Optional.of(Names.onDisk(first)) : Optional.ofNullable(placed.get(first));
        var content = contents.of(path, file, existing.isPresent(), trees.extents(file.content()));
        var length = file.content().length();
        if (existing.isPresent()) {
            steps.then(0, () -> {
                writer.hardLink(name, existing.get(), metadata, length, content);
                run.wroteFile();
            });
            return;
        }
        if (!first.isEmpty()) {
            placed.put(first, Names.onDisk(path));
        }
        steps.then(length, () -> writer.file(name, metadata, length, content));
    }

    private static Metadata metadata(Attributes attributes) {
        var modified = attributes.modified();
        return new Metadata(
                attributes.mode(),
                (int) attributes.uid(),
                (int) attributes.gid(),
                modified.getEpochSecond(),
                modified.getNano(),
                attributes.xattrs().stream()
                        .map(x -> new Attribute(Names.onDisk(x.name()), Names.onDisk(x.value())))
                        .toList());
    }
}
