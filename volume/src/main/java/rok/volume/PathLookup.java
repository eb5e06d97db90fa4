package rok.volume;

import java.util.Optional;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/** Says what lies at paths below a volume, following no link. For one thread; close it before the volume. */
public final class PathLookup implements AutoCloseable {
    private final Syscalls linux = new Syscalls();
    private final Beneath beneath;

    /** @param root stays the caller's to close */
    PathLookup(Fd root) {
        this.beneath = new Beneath(linux, root);
    }

    /** @param folder a path that is a folder of the volume */
    public Optional<Kind> kind(Bytes folder, Bytes name) {
        try {
            return Optional.of(Kind.of(linux.stat(beneath.folder(folder), name)));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return Optional.empty();
            }
            throw e.at(folder.child(name));
        }
    }

    @Override
    public void close() {
        beneath.close();
    }
}
