package rok.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rok.catalog.Version;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.volume.DirectoryWriter;
import rok.volume.Existing;

/**
 * Writes a version, or a part of it, into a folder: its trees are read in order while threads fill the files, each chunk
 * checked against its id. What is damaged is left out, named, and does not keep the rest from being restored. Safe for
 * use by many threads.
 */
public final class Restorer {
    private final ChunkReader chunks;
    private final StatCaches caches;

    /** @param caches remember what was restored, so that its next snapshot is incremental */
    public Restorer(ChunkReader chunks, StatCaches caches) {
        this.chunks = chunks;
        this.caches = caches;
    }

    /**
     * @param damaged what could not be restored, and why: the store has lost something
     * @param warnings what is not exactly as it was
     */
    public record Outcome(long files, long bytes, List<String> damaged, List<String> warnings) {
        public Outcome {
            damaged = List.copyOf(damaged);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Restores one volume right into {@code target}, several into a folder each, named as the volume.
     *
     * @param version a committed one
     * @param members some or all of its members
     * @param paths as {@link VersionFiles} takes them, restored under the same path below {@code target}; none: all
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
        var selection = Selection.of(paths);
        var run = new RestoreRun(progress, members);
        var files = new VersionFiles(chunks, members);
        for (var member : members) {
            var name = ByteString.utf8(member.name());
            Entry.checkName(name);
            var within = files.isGroup() ? selection.below(name) : Optional.of(selection);
            if (within.isPresent()) {
                var folder = files.isGroup() ? target.resolve(member.name()) : target;
                var prefix = files.isGroup() ? name : ByteString.EMPTY;
                write(run, member, folder, within.get(), prefix, existing);
                if (within.get().isAll() && run.isExact()) {
                    caches.seed(folder, chunks, version.url(), member);
                }
            }
        }
        return run.outcome();
    }

    private void write(
            RestoreRun run,
            Version.Member member,
            Path folder,
            Selection selection,
            ByteString prefix,
            Existing existing) {
        var contents = new ChunkContents(chunks, run);
        try (var writer = DirectoryWriter.open(
                folder,
                existing,
                Workers.count(),
                warning -> run.warn(prefix.isEmpty() ? warning.toString() : prefix + ": " + warning))) {
            new TreeWriting(
                            chunks,
                            writer,
                            run,
                            (path, file) -> contents.of(prefix.isEmpty() ? path : prefix.child(path), file))
                    .write(member, selection);
            writer.finish();
        }
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
