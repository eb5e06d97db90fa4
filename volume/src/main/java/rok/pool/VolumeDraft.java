package rok.pool;

import java.nio.file.Path;

/** A volume that nobody sees yet. Closing it removes it, unless it was published. For one thread. */
public final class VolumeDraft implements AutoCloseable {
    private final Pool pool;
    private final VolumeRecord record;
    private boolean done;

    VolumeDraft(Pool pool, VolumeRecord record) {
        this.pool = pool;
        this.record = record;
    }

    /** The disk, to be written in place; its size must stay. */
    public Path path() {
        return folder().resolve(PoolLayout.DISK);
    }

    private Path folder() {
        return pool.layout().draft(pool.session(), record.id());
    }

    /** Makes a volume of it that lasts, after what was written is on the disk. Throws where its name was taken meanwhile. */
    public BlockVolume publish() {
        if (done) {
            throw new IllegalStateException("The draft of volume %s is published or closed".formatted(record.name()));
        }
        return pool.locked("Can't make volume " + record.name(), files -> {
            pool.checkFree(files, record.name());
            var size = files.stat(path()).size();
            if (size != record.size()) {
                throw new PoolException.Damaged("The disk of volume %s has %d bytes, not %d as was said"
                        .formatted(record.name(), size, record.size()));
            }
            files.sync(path());
            files.sync(folder());
            record.write(files, pool.layout());
            done = true;
            files.rename(folder(), pool.layout().volume(record.id()));
            return new BlockVolume(pool, record);
        });
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            pool.lockedDo(
                    "Can't remove the draft of volume " + record.name(),
                    files -> pool.copies(files).remove(folder()));
        }
    }
}
