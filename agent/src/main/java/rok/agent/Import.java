package rok.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.names.BucketName;
import rok.names.FileName;
import rok.repository.ChunkWriter;
import rok.repository.Repository;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.VersionHash;
import rok.tar.TarEntry;
import rok.tar.TarException;
import rok.tar.TarReader;

/**
 * Makes a version of what a tar archive holds (docs/format/archive.md), without unpacking it anywhere: contents go to the
 * store as they come, names and attributes wait in memory until all have come. Failed or interrupted at any point, the
 * version is aborted. Safe for use by many threads.
 */
public final class Import {
    private final Repository repository;
    private final Catalog catalog;
    private final InstantSource clock;

    public Import(Repository repository, Catalog catalog, InstantSource clock) {
        this.repository = repository;
        this.catalog = catalog;
        this.clock = clock;
    }

    /**
     * What the version is to be. Where a text is empty, or there are no labels, what the archive says is taken.
     *
     * @param volume the volume's name, where the archive names none
     */
    public record Request(
            BucketName bucket, FileName file, String title, String message, Map<String, String> labels, String volume) {
        public Request {
            labels = Map.copyOf(labels);
        }
    }

    /** Throws {@link TarException} for what is no whole archive. Does not close {@code archive}. */
    public Version read(InputStream archive, Request request, Progress progress) throws IOException {
        var tar = new TarReader(archive);
        // Before anything is begun: most of what is no archive shows at once
        var first = tar.next();
        if (first.isEmpty()) {
            throw new TarException("The archive holds nothing");
        }
        var note = tar.comment().flatMap(ArchiveNote::read);
        var title = request.title().isEmpty() ? note.map(ArchiveNote::title).orElse("") : request.title();
        var labels = request.labels().isEmpty() ? note.map(ArchiveNote::labels).orElse(Map.of()) : request.labels();
        try (var pending = catalog.begin(request.bucket(), request.file(), title, labels);
                var writer = repository.writer();
                var lane = writer.lane();
                var cutter = new FileCutter(writer.lane())) {
            var tree = new ArchiveTree(new Meter(Snapshotter.told(pending, progress)));
            for (var entry = first; entry.isPresent(); entry = tar.next()) {
                var content = entry.get() instanceof TarEntry.File file ? content(cutter, tar, file) : NONE;
                tree.add(entry.get(), content);
            }
            var top = new Volumes(tree, lane, note, request.volume());
            var totals = writer.flush();
            return pending.commit(new Version(
                    pending.url(),
                    clock.instant(),
                    title,
                    request.message().isEmpty() ? note.map(ArchiveNote::message).orElse("") : request.message(),
                    labels,
                    note.map(ArchiveNote::metadata).orElse(Map.of()),
                    top.hash.hex(),
                    new Version.Size(top.logical, totals.newBytes(), totals.storedBytes()),
                    top.members,
                    top.attachments,
                    tree.warnings()));
        }
    }

    private static final Content NONE = new Content(0, 0, Content.NONE);

    private static Content content(FileCutter cutter, TarReader tar, TarEntry.File file) throws IOException {
        try {
            var content = cutter.content(new TarSource(tar, file));
            if (content.length() != file.length()) {
                throw new TarException(
                        "%s ends after %d of %d bytes".formatted(file.path(), content.length(), file.length()));
            }
            return content;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The members of the version, written. */
    private static final class Volumes {
        private final List<Version.Member> members = new ArrayList<>();
        private final VersionHash hash = new VersionHash();
        private final Optional<Content> attachments;
        private long logical;

        Volumes(ArchiveTree tree, ChunkWriter.Lane lane, Optional<ArchiveNote> note, String volume) throws IOException {
            var attached =
                    note.flatMap(ArchiveNote::attachments).flatMap(name -> tree.takeFolder(ByteString.utf8(name)));
            var named = note.map(ArchiveNote::members).orElse(List.of());
            if (named.size() > 1) {
                for (var member : named) {
                    var folder = tree.takeFolder(ByteString.utf8(member.name()))
                            .orElseThrow(() -> new TarException(
                                    "the archive says that it holds volume %s, and does not".formatted(member.name())));
                    add(member, tree.write(folder, lane));
                }
                tree.warnOfRest();
            } else {
                var member = named.isEmpty() ? new ArchiveNote.Member(volume, "") : named.getFirst();
                add(member, tree.write(tree.top(), lane));
            }
            attachments = attached.map(folder -> attach(tree.write(folder, lane)));
        }

        private Content attach(Entry.Folder written) {
            logical += written.bytes();
            return written.tree();
        }

        private void add(ArchiveNote.Member member, Entry.Folder top) {
            members.add(new Version.Member(
                    member.name(), Version.Member.DIRECTORY, member.mount(), top.tree(), top.bytes(), top.files()));
            hash.add(member.name(), top.tree());
            logical += top.bytes();
        }
    }
}
