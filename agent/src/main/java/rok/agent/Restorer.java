package rok.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.volume.DirectoryWriter;
import rok.volume.Existing;
import rok.volume.FileContent;

/**
 * Writes a version, or a part of it, into a folder: its trees are read in order while threads fill the files, each chunk
 * checked against its id. What is damaged is left out, named, and does not keep the rest from being restored. Safe for
 * use by many threads.
 */
public final class Restorer {
    private final ChunkReader chunks;
    private final Catalog catalog;
    private final StatCaches caches;

    /** @param caches remember what was restored, so that its next snapshot is incremental */
    public Restorer(ChunkReader chunks, Catalog catalog, StatCaches caches) {
        this.chunks = chunks;
        this.catalog = catalog;
        this.caches = caches;
    }

    /**
     * @param kept how many of the files were in their place already
     * @param damaged what could not be restored, and why: the store has lost something
     * @param warnings what is not exactly as it was
     */
    public record Outcome(long files, long bytes, long kept, List<String> damaged, List<String> warnings) {
        public Outcome {
            damaged = List.copyOf(damaged);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Restores one volume right into {@code target}, several into a folder each, named as the volume.
     *
     * @param version a committed one; what it refers to is kept meanwhile, also when somebody deletes it
     * @param members some or all of its members
     * @param paths as {@link VersionFiles} takes them, restored under the same path below {@code target}; none: all
     * @throws FilesInTheWay before anything is written, where {@link Existing#REFUSE} forbids to replace what is there
     */
    public Outcome restore(
            Version version,
            List<Version.Member> members,
            Path target,
            List<ByteString> paths,
            Existing existing,
            Progress progress) {
        if (existing == Existing.EXACT && !paths.isEmpty()) {
            throw new IllegalArgumentException("An exact copy is one of a whole volume, not of some paths");
        }
        var run = new RestoreRun(progress, members);
        try (var _ = catalog.pin(version)) {
            write(run, version, parts(members, target, Selection.of(paths)), target, existing);
        }
        return run.outcome();
    }

    private void write(RestoreRun run, Version version, List<Part> parts, Path target, Existing existing) {
        if (existing == Existing.REFUSE) {
            var conflicts = new Conflicts(chunks, target);
            parts.forEach(part -> conflicts.look(part.member, part.folder, part.selection, part.prefix));
            conflicts.refuse();
        }
        for (var part : parts) {
            write(run, part, existing);
            if (part.selection.isAll() && run.isExact()) {
                remember(version, part);
            }
        }
    }

    private void remember(Version version, Part part) {
        try {
            caches.seed(part.folder, chunks, version.url(), part.member);
        } catch (StoreException _) {
            // All is restored: not to remember it costs the next snapshot a full read, and no more
        }
    }

    /**
     * A member, or some of its paths, and where it goes.
     *
     * @param prefix of names in messages
     */
    private record Part(Version.Member member, Path folder, Selection selection, ByteString prefix) {
        ByteString named(ByteString path) {
            return prefix.isEmpty() ? path : prefix.child(path);
        }
    }

    private List<Part> parts(List<Version.Member> members, Path target, Selection selection) {
        if (!new VersionFiles(chunks, members).isGroup()) {
            return List.of(new Part(members.getFirst(), target, selection, ByteString.EMPTY));
        }
        var parts = new ArrayList<Part>();
        for (var member : members) {
            var name = ByteString.utf8(member.name());
            Entry.checkName(name);
            selection
                    .below(name)
                    .ifPresent(below -> parts.add(new Part(member, target.resolve(member.name()), below, name)));
        }
        return parts;
    }

    private void write(RestoreRun run, Part part, Existing existing) {
        try (var there = present(part, existing);
                var writer = DirectoryWriter.open(
                        part.folder,
                        existing,
                        Workers.count(),
                        warning ->
                                run.warn(part.prefix.isEmpty() ? warning.toString() : part.prefix + ": " + warning))) {
            var contents = new ChunkContents(chunks, run);
            new TreeWriting(chunks, writer, run, new TreeWriting.Contents() {
                        @Override
                        public FileContent of(
                                ByteString path, Entry.File file, boolean isLink, Optional<List<Extent>> extents) {
                            return existing == Existing.REFUSE && !isLink
                                    ? contents.soon(part.named(path), file, extents)
                                    : contents.of(part.named(path), file, there.at(path, file));
                        }

                        @Override
                        public void end() {
                            contents.end();
                        }
                    })
                    .write(part.member, part.selection);
            writer.finish();
        }
    }

    /** What is in the folder already, where it may stay. */
    private PresentFiles present(Part part, Existing existing) {
        return existing != Existing.REFUSE && part.selection.isAll() && Files.isDirectory(part.folder)
                ? PresentFiles.of(part.folder, caches)
                : PresentFiles.NONE;
    }

    /** Paths that a version has not; what a user named wrongly. */
    public List<ByteString> missing(List<Version.Member> members, List<ByteString> paths) {
        var files = new VersionFiles(chunks, members);
        var absent = new ArrayList<ByteString>();
        for (var path : paths) {
            if (files.find(path).isEmpty()) {
                absent.add(path);
            }
        }
        return absent;
    }
}
