package rok.volume;

import java.util.Optional;
import rok.linux.Bytes;
import rok.linux.Stat;

/**
 * What a {@link Walk} found in a folder, other than a folder.
 *
 * @param target where a symbolic link points; empty for everything else
 * @param known what the {@link StatCache} holds for it, when nothing of it changed since: then it need not be read
 */
public record Entry(Folder folder, Bytes name, Kind kind, Stat stat, Bytes target, Optional<Bytes> known) {
    /** Below the top of the volume. */
    public Bytes path() {
        return folder.path().child(name);
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
