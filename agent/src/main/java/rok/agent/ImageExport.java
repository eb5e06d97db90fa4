package rok.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.repository.Repository;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.volume.Existing;

/** Gives back the bytes of a block volume's disk. Safe for use by many threads. */
public final class ImageExport {
    private static final int PIECE_BYTES = 1 << 20;

    private final String repository;
    private final ChunkReader chunks;
    private final Catalog catalog;
    private final Restorer restorer;

    /** @param cache where copies lie that may be lost */
    public ImageExport(Repository repository, Catalog catalog, Path cache) {
        this.repository = repository.id();
        this.chunks = repository.reader();
        this.catalog = catalog;
        this.restorer = new Restorer(chunks, catalog, new StatCaches(cache, repository));
    }

    /**
     * Writes the image, with its holes, as the file {@link Version.Member#DISK} into a folder that is empty or not there, and
     * says where. Throws {@link StoreException.Corrupt} where something is damaged.
     */
    public Path toFolder(Version version, Version.Member member, Path folder, Progress progress) {
        var _ = disk(member); // else a volume without one would be restored as nothing
        var outcome = restorer.restore(
                version, List.of(member), folder, List.of(VersionFiles.DISK), Existing.REFUSE, progress);
        if (!outcome.damaged().isEmpty()) {
            throw new StoreException.Corrupt(outcome.damaged().getFirst());
        }
        return folder.resolve(Version.Member.DISK);
    }

    /** Writes all bytes, holes as zeros; does not close {@code out}. */
    public void toStream(Version version, Version.Member member, OutputStream out, Progress progress)
            throws IOException {
        try (var _ = catalog.pin(version);
                var disk = open(member)) {
            var piece = new byte[PIECE_BYTES];
            var done = 0L;
            for (var read = disk.read(piece); read > 0; read = disk.read(piece)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw Workers.interrupted();
                }
                out.write(piece, 0, read);
                done += read;
                progress.at(new Progress.Status(0, 1, done, member.bytes()));
            }
        }
    }

    /** The id of the store. */
    String repository() {
        return repository;
    }

    /** The first bytes of a disk, fewer where it is shorter. */
    byte[] beginning(Version.Member member, int length) {
        try (var disk = open(member)) {
            return disk.readNBytes(length);
        } catch (IOException e) {
            throw new StoreException.Corrupt("The disk can't be read: " + e.getMessage(), e);
        }
    }

    private ContentInput open(Version.Member member) {
        return new ContentInput(chunks, disk(member).content());
    }

    private Entry.File disk(Version.Member member) {
        return VersionFiles.disk(chunks, member)
                .orElseThrow(() -> new StoreException.Corrupt(
                        "Block volume %s holds no file %s".formatted(member.name(), Version.Member.DISK)));
    }
}
