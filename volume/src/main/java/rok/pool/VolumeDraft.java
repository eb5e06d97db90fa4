package rok.pool;

import java.nio.file.Path;
import java.util.Optional;

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
        return publish(Optional.empty());
    }

    /**
     * The same, and keeps a copy of it as its base before anybody can write to it.
     *
     * @param note as {@link FrozenVolume#keepAsBase} takes it
     */
    public BlockVolume publishWithBase(String note) {
        BaseRecord.checkNote(note);
        return publish(Optional.of(note));
    }

    private BlockVolume publish(Optional<String> note) {
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
            var volume = new BlockVolume(pool, record);
            files.rename(folder(), volume.folder());
            note.ifPresent(text -> volume.keepBaseOfNow(files, text));
            return volume;
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
