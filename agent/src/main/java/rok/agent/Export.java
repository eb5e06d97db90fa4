package rok.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.Extents;
import rok.snapshot.TreeReader;
import rok.snapshot.TreesAhead;
import rok.tar.TarEntry;
import rok.tar.TarEntry.Stretch;
import rok.tar.TarWriter;

/** Writes a version as a tar archive (docs/format/archive.md). For one thread. */
public final class Export {
    private final ChunkReader chunks;
    private final Catalog catalog;

    public Export(ChunkReader chunks, Catalog catalog) {
        this.chunks = chunks;
        this.catalog = catalog;
    }

    /** @param bytes of files, holes included */
    public record Outcome(long files, long bytes) {}

    /**
     * Writes some or all members of a version, which is kept meanwhile; does not close {@code out}. Throws {@link
     * StoreException.Corrupt}, naming the path, where something is damaged: what was written then is no whole archive.
     */
    public Outcome write(Version version, List<Version.Member> members, OutputStream out, Progress progress)
            throws IOException {
        try (var _ = catalog.pin(version);
                var ahead = new ReadAhead(chunks)) {
            var run = new Run(ahead, new TarWriter(out), members, progress);
            run.tar.comment(ArchiveNote.write(version, members));
            var files = new VersionFiles(chunks, members);
            for (var member : members) {
                run.volume(files.isGroup() ? ByteString.utf8(member.name()) : ByteString.EMPTY, files.top(member));
            }
            if (version.attachments().isPresent()) {
                run.attachments(version.attachments().get());
            }
            ahead.finish();
            run.tar.finish();
            return new Outcome(run.files, run.bytes);
        }
    }

    private final class Run {
        private final ReadAhead ahead;
        private final TarWriter tar;
        private final Progress progress;
        private final long filesTotal;
        private final long bytesTotal;
        private ByteString prefix = ByteString.EMPTY;
        private long files;
        private long bytes;

        Run(ReadAhead ahead, TarWriter tar, List<Version.Member> members, Progress progress) {
            this.ahead = ahead;
            this.tar = tar;
            this.progress = progress;
            this.filesTotal = members.stream().mapToLong(Version.Member::files).sum();
            this.bytesTotal = members.stream().mapToLong(Version.Member::bytes).sum();
        }

        void attachments(Content tree) throws IOException {
            var self = new TreeReader(chunks, tree).self();
            if (self.isPresent()) {
                volume(ArchiveNote.ATTACHMENTS, new Entry.Folder(ArchiveNote.ATTACHMENTS, self.get(), tree, 0, 0));
            }
        }

        void volume(ByteString path, Entry.Folder top) throws IOException {
            prefix = path;
            try (var trees = TreesAhead.withLists(chunks, top.tree(), true)) {
                folder(trees, path, top, 0);
            }
        }

        private void folder(TreesAhead trees, ByteString path, Entry.Folder folder, int depth) throws IOException {
            if (depth > TreeWriting.DEPTH_MAX) {
                throw new StoreException.Corrupt("Folder %s is nested too deep".formatted(path));
            }
            var shown = path.isEmpty() ? ByteString.utf8(".") : path;
            ahead.then(() -> tar.add(new TarEntry.Folder(shown, folder.attributes())));
            var entries = NamedDamage.open(trees, path, folder.tree());
            for (var entry = NamedDamage.next(path, entries);
                    entry.isPresent();
                    entry = NamedDamage.next(path, entries)) {
                add(trees, path.child(entry.get().name()), entry.get(), depth);
            }
        }

        private void add(TreesAhead trees, ByteString path, Entry entry, int depth) throws IOException {
            switch (entry) {
                case Entry.Folder folder -> folder(trees, path, folder, depth + 1);
                case Entry.File file -> file(trees.chunks(), path, file);
                case Entry.Symlink(var _, var attributes, var target) -> {
                    ahead.then(() -> tar.add(new TarEntry.Symlink(path, attributes, target)));
                    count(0);
                }
                case Entry.Fifo(var _, var attributes) -> {
                    ahead.then(() -> tar.add(new TarEntry.Fifo(path, attributes)));
                    count(0);
                }
            }
        }

        private void file(ChunkReader lists, ByteString path, Entry.File file) throws IOException {
            if (!file.first().isEmpty()) {
                var first = prefix.child(file.first());
                ahead.then(() -> tar.add(new TarEntry.HardLink(path, file.attributes(), first)));
                count(0);
                return;
            }
            var stretches = stretches(lists, path, file.content());
            ahead.then(() -> tar.add(
                    new TarEntry.File(path, file.attributes(), file.content().length(), stretches)));
            content(lists, path, file.content());
            var length = file.content().length();
            ahead.then(() -> count(length));
        }

        private void content(ChunkReader lists, ByteString path, Content content) throws IOException {
            for (var extents = new Extents(lists, content, 0); extents.hasNext(); ) {
                var extent = next(path, extents);
                if (!extent.isHole()) {
                    ahead.read(extent, path, data -> tar.write(data, 0, data.length));
                }
            }
        }

        private void count(long length) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("Interrupted");
            }
            files++;
            bytes += length;
            progress.at(new Progress.Status(files, filesTotal, bytes, bytesTotal));
        }
    }

    private static List<Stretch> stretches(ChunkReader lists, ByteString path, Content content) throws IOException {
        var stretches = new ArrayList<Stretch>();
        for (var extents = new Extents(lists, content, 0); extents.hasNext(); ) {
            var extent = next(path, extents);
            if (!extent.isHole()) {
                Stretch.append(stretches, new Stretch(extent.offset(), extent.length()));
            }
            if (stretches.size() > TarEntry.File.STRETCHES_MAX) {
                throw new IOException("%s has more than a million holes: restore it instead".formatted(path));
            }
        }
        return stretches;
    }

    private static Extent next(ByteString path, Extents extents) {
        try {
            return extents.next();
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            throw NamedDamage.of(path, e);
        }
    }
}
