package rok.agent;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.repository.Repository;
import rok.snapshot.VersionHash;
import rok.volume.ImageFile;

/**
 * Makes a version of a disk: an image in a file, or a block device that nobody writes to. It becomes a block volume
 * (docs/format/tree.md), cut between pages by several workers. Failed or interrupted at any point, the version is
 * aborted. Safe for use by many threads.
 */
public final class ImageImport {
    private final Repository repository;
    private final Catalog catalog;
    private final InstantSource clock;

    public ImageImport(Repository repository, Catalog catalog, InstantSource clock) {
        this.repository = repository;
        this.catalog = catalog;
        this.clock = clock;
    }

    /** It was written to, or made shorter, while it was read: what came of it would be no state that it ever had. */
    public static final class ChangedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ChangedException(Path image, String how) {
            super("%s changed while it was read: %s".formatted(image, how));
        }
    }

    /** Throws as {@link ImageFile#openAlone} does, and {@link ChangedException}; then nothing is stored. */
    public Version read(Path image, Import.Request request, Progress progress) {
        try (var source = ImageFile.openAlone(image);
                var pending = catalog.begin(request.bucket(), request.file(), request.title(), request.labels());
                var writer = repository.writer();
                var disks = new DiskSnapshot(repository.reader(), writer, Snapshotter.told(pending, progress))) {
            var before = source.stat();
            var stored = disks.all(image, source, "");
            if (!source.stat().sameState(before)) {
                throw new ChangedException(image, "its times differ");
            }
            var size = stored.size();
            var top = stored.top();
            var totals = writer.flush();
            var hash = new VersionHash();
            hash.add(request.volume(), top.tree());
            return pending.commit(new Version(
                    pending.url(),
                    clock.instant(),
                    request.title(),
                    request.message(),
                    request.labels(),
                    Map.of(),
                    hash.hex(),
                    new Version.Size(size, totals.newBytes(), totals.storedBytes()),
                    List.of(new Version.Member(request.volume(), Version.Member.BLOCK, "", top.tree(), size, 1)),
                    Optional.empty(),
                    List.of()));
        }
    }
}
