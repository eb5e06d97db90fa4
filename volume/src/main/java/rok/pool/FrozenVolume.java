package rok.pool;

import java.nio.file.Path;
import java.util.OptionalLong;

/** A volume as it was at an instant, read-only. Lives until it is dropped, its group or pool is closed, or it is a base that is replaced. */
public final class FrozenVolume {
    private final BlockVolume volume;
    private final Path folder;
    private final long size;
    private final OptionalLong extents;
    private boolean done;

    FrozenVolume(BlockVolume volume, Path folder, long size, OptionalLong extents) {
        this.volume = volume;
        this.folder = folder;
        this.size = size;
        this.extents = extents;
    }

    public BlockVolume volume() {
        return volume;
    }

    /** Its disk. */
    public Path path() {
        return folder.resolve(PoolLayout.DISK);
    }

    Path folder() {
        return folder;
    }

    /** In bytes. */
    public long size() {
        return size;
    }

    /** How many the volume had before it was frozen; counted on XFS only. */
    public OptionalLong extents() {
        return extents;
    }

    /** Does nothing where it was dropped or kept already. */
    public synchronized void drop() {
        if (!done) {
            volume.pool()
                    .lockedDo(
                            "Can't remove a frozen copy of volume " + volume,
                            files -> volume.pool().copies(files).remove(folder));
            done = true;
        }
    }

    /**
     * Keeps it as the volume's base in place of the one before, which goes: at once, so that after a crash it is one of
     * the two. It can still be read until the next is kept.
     *
     * @param note at most 64 KiB of UTF-8 that {@link BlockVolume#base} gives back
     */
    public synchronized void keepAsBase(String note) {
        BaseRecord.checkNote(note);
        if (done) {
            throw new IllegalStateException("The frozen copy of volume %s was dropped or kept".formatted(volume));
        }
        volume.pool().lockedDo("Can't keep a base of volume " + volume, files -> {
            if (!files.exists(volume.folder())) {
                throw new PoolException.NotFound("There is no volume %s any more".formatted(volume));
            }
            volume.keepBase(files, folder, size, note);
        });
        done = true;
    }
}
