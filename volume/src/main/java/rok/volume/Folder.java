package rok.volume;

import java.util.List;
import java.util.Optional;
import rok.linux.Bytes;
import rok.linux.Stat;

/** A folder met by a {@link Walk}; stays valid after the walk has left it. */
public final class Folder {
    private final Optional<Folder> parent;
    private final Bytes name;
    private final Stat stat;
    private final List<Attribute> attributes;
    private final Bytes path;

    Folder(Optional<Folder> parent, Bytes name, Stat stat, List<Attribute> attributes) {
        this.parent = parent;
        this.name = name;
        this.stat = stat;
        this.attributes = attributes;
        this.path = parent.map(p -> p.path().child(name)).orElse(Bytes.EMPTY);
    }

    /** Empty for the top of the volume. */
    public Optional<Folder> parent() {
        return parent;
    }

    /** Empty for the top of the volume. */
    public Bytes name() {
        return name;
    }

    /** As it was before its entries were read. */
    public Stat stat() {
        return stat;
    }

    /** Those worth keeping, in the order of their names. */
    public List<Attribute> attributes() {
        return attributes;
    }

    /** Below the top of the volume, names joined by slashes; empty for the top itself. */
    public Bytes path() {
        return path;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
