package rok.volume;

import java.nio.file.Path;
import java.util.Optional;

/** A volume to read a snapshot from: a copy that nobody changes, or the volume itself. Closing removes the copy. */
public final class FrozenVolume implements AutoCloseable {
    private final DirectoryVolume volume;
    private final Optional<Path> copy;

    FrozenVolume(DirectoryVolume volume, Optional<Path> copy) {
        this.volume = volume;
        this.copy = copy;
    }

    public DirectoryVolume volume() {
        return volume;
    }

    /** Whether it is the volume itself, which may change while it is read. */
    public boolean isLive() {
        return copy.isEmpty();
    }

    @Override
    public void close() {
        if (copy.isPresent()) {
            volume.close();
            TreeRemoval.remove(copy.get());
        }
    }
}
