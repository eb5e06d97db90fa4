package rok.agent;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import rok.catalog.Version;
import rok.pool.BlockVolume;
import rok.pool.FileSystem;
import rok.pool.Pool;

/** Writes the disk of a version into a pool, with that as its base: all of it, or nothing that anybody sees. */
final class DiskRestore {
    /** A volume is as long as some of these. */
    private static final int PAGE_BYTES = 4096;

    private static final int BEGINNING_BYTES = 2048;
    private static final int EXT4_MAGIC_AT = 1080;

    private DiskRestore() {}

    static BlockVolume run(
            Pool pool,
            String name,
            Version version,
            Version.Member member,
            ImageExport exporter,
            BaseNote note,
            Progress progress) {
        var size = (member.bytes() + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        var type = fileSystem(exporter.beginning(member, BEGINNING_BYTES));
        try (var draft = pool.draft(name, size, type)) {
            Files.delete(draft.path());
            var written = exporter.toFolder(version, member, folder(draft.path()), progress);
            if (size > member.bytes()) {
                try (var file = new RandomAccessFile(written.toFile(), "rw")) {
                    file.setLength(size);
                }
            }
            return draft.publishWithBase(note.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder(Path disk) {
        var folder = disk.getParent();
        if (folder == null) {
            throw new IllegalArgumentException("A disk lies in a folder, not at " + disk);
        }
        return folder;
    }

    /** By what its first bytes say. */
    private static FileSystem fileSystem(byte[] first) {
        if (first.length == BEGINNING_BYTES
                && (first[EXT4_MAGIC_AT] & 0xff) == 0x53
                && (first[EXT4_MAGIC_AT + 1] & 0xff) == 0xef) {
            return FileSystem.EXT4;
        }
        var text = new String(first, 0, Math.min(4, first.length), StandardCharsets.US_ASCII);
        return text.equals("XFSB") ? FileSystem.XFS : FileSystem.RAW;
    }
}
