package rok.agent;

import java.nio.file.Path;
import rok.linux.Stat;
import rok.volume.ImageFile;

/** A disk as a worker reads it, opened by itself: the one that was opened first, and still as long. For one thread; close it. */
final class DiskSource implements AutoCloseable {
    private final Path image;
    private final ImageFile file;

    private DiskSource(Path image, ImageFile file) {
        this.image = image;
        this.file = file;
    }

    /** Throws {@link ImageImport.ChangedException} where there is another one in its place. */
    static DiskSource open(Path image, Stat first, long size) {
        var file = ImageFile.open(image);
        var stat = file.stat();
        if (stat.inode() != first.inode() || stat.device() != first.device() || file.size() != size) {
            file.close();
            throw new ImageImport.ChangedException(image, "there is another one in its place");
        }
        return new DiskSource(image, file);
    }

    /** Has it come before it is asked for, where that needs a disk. */
    void soon(DiskRange range) {
        file.soon(range.offset(), range.length());
    }

    /** Where bytes that are stored begin, from {@code position} on. */
    long nextData(long position) {
        return file.nextData(position);
    }

    /** Throws {@link ImageImport.ChangedException} where it ended before. */
    void read(byte[] into, int offset, int length, long position) {
        var count = length == 0 ? 0 : file.read(into, offset, length, position);
        if (count < length) {
            throw new ImageImport.ChangedException(
                    image, "it ended after %,d of %,d bytes".formatted(position + count, file.size()));
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
