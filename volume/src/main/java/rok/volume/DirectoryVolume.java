package rok.volume;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import rok.linux.Bytes;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.Stat;
import rok.linux.Syscalls;

/** A plain folder as a volume: held open, so that it stays the same folder whatever happens to its path. */
public final class DirectoryVolume implements AutoCloseable {
    private final Path path;
    private final Fd root;
    private final Stat stat;

    private DirectoryVolume(Path path, Fd root, Stat stat) {
        this.path = path;
        this.root = root;
        this.stat = stat;
    }

    /**
     * @param folder may itself be reached through symbolic links; what is below it is never
     * @throws rok.linux.LinuxException when it is not there, no folder, or may not be read
     */
    public static DirectoryVolume open(Path folder) {
        var linux = new Syscalls();
        var absolute = folder.toAbsolutePath().normalize();
        var root = linux.open(Fd.CWD, Bytes.of(absolute.toString()), Flags.O_RDONLY | Flags.O_DIRECTORY, 0);
        return new DirectoryVolume(absolute, root, linux.stat(root));
    }

    public Path path() {
        return path;
    }

    /** Of the folder itself, when it was opened. */
    public Stat stat() {
        return stat;
    }

    /** Everything in it. The warnings come on the thread that drives the walk. */
    public Walk walk(WalkOptions options, Consumer<Warning> warnings) {
        return new Walk(root, options, StatCacheReader.none(), warnings);
    }

    /**
     * Everything in it, with what is known already.
     *
     * @param known stays the caller's to close, after the walk; serves one walk
     */
    public Walk walk(WalkOptions options, StatCacheReader known, Consumer<Warning> warnings) {
        return new Walk(root, options, known, warnings);
    }

    /** Looks at single paths. */
    public PathLookup lookup() {
        return new PathLookup(root);
    }

    /** Reads files that a walk found; one for each thread that reads. */
    public FileReader reader(Consumer<Warning> warnings) {
        return new FileReader(root, warnings);
    }

    /**
     * Something to read a snapshot from: where the file system can share blocks, a copy in {@code scratch}; otherwise this
     * volume itself. A copy costs some time for each file, so it pays for few large files that are being written, and
     * stats in it are not those of the volume. The volume stays open as long as the result.
     *
     * @param scratch a folder that does not exist, on the file system of the volume, in a folder that does
     */
    public FrozenVolume freeze(Path scratch, Consumer<Warning> warnings) {
        var parent = scratch.toAbsolutePath().normalize().getParent();
        if (parent == null || !Reflink.isPossible(path, parent)) {
            return new FrozenVolume(this, Optional.empty());
        }
        FolderCopy.copy(this, scratch, WalkOptions.SNAPSHOT, 2, warnings);
        return new FrozenVolume(open(scratch), Optional.of(scratch));
    }

    @Override
    public void close() {
        root.close();
    }
}
