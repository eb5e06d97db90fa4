package rok.volume;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Listing;
import rok.linux.Stat;
import rok.linux.Syscalls;
import rok.volume.Warning.Problem;

/**
 * Everything in a volume, depth first, the names of each folder in the order of their bytes. What can't be read is told
 * to {@code warnings} and left out; what vanishes before it is met was never there. Memory is that of the names in the
 * folders from the top down to where the walk stands. For one thread; close it.
 */
public final class Walk implements Iterator<WalkEvent>, AutoCloseable {
    /** Folders above this many levels are closed while the walk is below them, and opened again by way of {@code ..}. */
    private static final int OPEN_FOLDERS_MAX = 64;

    private final Syscalls linux = new Syscalls();
    private final WalkOptions options;
    private final Consumer<Warning> warnings;
    private final Fd root;
    private final StatCacheReader known;
    private final Instant started;
    private final ArrayList<Level> levels = new ArrayList<>();
    private final ArrayDeque<Listing> spareListings = new ArrayDeque<>();
    private @Nullable WalkEvent next;
    private boolean begun;

    /** @param root stays the caller's to close */
    Walk(Fd root, WalkOptions options, StatCacheReader known, Consumer<Warning> warnings) {
        this.root = root;
        this.known = known;
        this.options = options;
        this.warnings = warnings;
        this.started = linux.stampClock();
    }

    /** A folder that the walk is in: from here to the end of its listing. */
    private static final class Level {
        final Folder folder;
        final Listing listing;
        /** Whether the stat cache knows the folder and is inside of it too. */
        final boolean inCache;
        /** Whether everything so far is as the cache knows it, and nothing that it knows was missing. */
        boolean unchanged;

        final @Nullable IgnoreRules rules;
        int position;

        @Nullable
        Fd fd;

        Level(Folder folder, Listing listing, Fd fd, boolean inCache, @Nullable IgnoreRules rules) {
            this.folder = folder;
            this.listing = listing;
            this.fd = fd;
            this.rules = rules;
            this.inCache = inCache;
            this.unchanged = inCache;
        }
    }

    /** By the clock that stamps files, before anything was looked at: what changed since then has a later stamp, or this. */
    public Instant started() {
        return started;
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            next = advance();
        }
        return next != null;
    }

    @Override
    public WalkEvent next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        var event = next;
        next = null;
        return event;
    }

    private @Nullable WalkEvent advance() {
        if (!begun) {
            begun = true;
            return enter(Optional.empty(), Bytes.EMPTY, linux.open(root, Bytes.of("."), Flags.O_DIRECTORY));
        }
        while (!levels.isEmpty()) {
            var level = levels.getLast();
            if (level.position == level.listing.size()) {
                return leave(level);
            }
            var event = look(level, level.position++);
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    private @Nullable WalkEvent look(Level level, int position) {
        var fd = Objects.requireNonNull(level.fd);
        try {
            var stat = linux.stat(fd, level.listing, position);
            var name = level.listing.name(position);
            if (level.rules != null && level.rules.ignores(level.folder.path().child(name), stat.isDirectory())) {
                return null;
            }
            return stat.isDirectory() ? lookInto(level, fd, name, stat) : found(level, fd, name, stat);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                warn(Problem.UNREADABLE, level.folder.path().child(level.listing.name(position)), e.reason());
            }
            return null;
        }
    }

    private @Nullable WalkEvent found(Level level, Fd fd, Bytes name, Stat stat) {
        var kind = Kind.of(stat);
        switch (kind) {
            case SOCKET -> warn(Problem.NOT_KEPT, level.folder.path().child(name), "is a socket, which is not kept");
            case DEVICE -> warn(Problem.NOT_KEPT, level.folder.path().child(name), "is a device, which is not kept");
            case FIFO ->
                warn(Problem.FIFO, level.folder.path().child(name), "is a FIFO: kept, but not what is under way in it");
            default -> {}
        }
        if (!kind.isKept()) {
            return null;
        }
        var target = kind == Kind.SYMLINK ? linux.readLink(fd, name) : Bytes.EMPTY;
        var value = level.inCache ? known.known(name, stat) : null;
        level.unchanged &= value != null && !known.hasPassed();
        return new WalkEvent.Found(new Entry(level.folder, name, kind, stat, target, Optional.ofNullable(value)));
    }

    private @Nullable WalkEvent lookInto(Level level, Fd fd, Bytes name, Stat stat) {
        if (options.mounts() == WalkOptions.Mounts.SKIP && isMount(level.folder.stat(), stat)) {
            var path = level.folder.path().child(name);
            warn(Problem.MOUNT, path, "another file system is mounted here: kept as an empty folder");
            return enterEmpty(level, name, stat);
        }
        try {
            return enter(Optional.of(level.folder), name, linux.open(fd, name, Flags.O_DIRECTORY));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                return null; // replaced since it was listed: as if it had never been a folder
            }
            warn(Problem.UNREADABLE, level.folder.path().child(name), "the folder can't be read: " + e.reason());
            return enterEmpty(level, name, stat);
        }
    }

    /** A mount point is seen through another mount; before kernel 5.8 only another device tells. */
    private static boolean isMount(Stat folder, Stat entry) {
        return (folder.mount() != 0 && entry.mount() != 0)
                ? folder.mount() != entry.mount()
                : folder.device() != entry.device();
    }

    private WalkEvent enter(Optional<Folder> parent, Bytes name, Fd fd) {
        var entered = false;
        try {
            var stat = linux.stat(fd);
            var folder = new Folder(parent, name, stat, Attributes.of(linux, fd));
            var listing = listing();
            linux.list(fd, listing);
            closeDistantLevel();
            push(folder, listing, fd);
            entered = true;
            return new WalkEvent.Enter(folder);
        } finally {
            if (!entered) {
                fd.close();
            }
        }
    }

    private void push(Folder folder, Listing listing, Fd fd) {
        var parent = levels.isEmpty() ? null : levels.getLast();
        var inCache = (parent == null || parent.inCache) && known.enter(folder.name());
        if (parent != null) {
            parent.unchanged &= !known.hasPassed();
        }
        levels.add(new Level(folder, listing, fd, inCache, rules(parent, folder, listing, fd)));
    }

    private @Nullable IgnoreRules rules(@Nullable Level parent, Folder folder, Listing listing, Fd fd) {
        var outer = parent == null ? null : parent.rules;
        if (options.ignoreFiles() == WalkOptions.IgnoreFiles.DISREGARD || !listing.contains(IgnoreRules.FILE_NAME)) {
            return outer;
        }
        try (var file = linux.open(fd, IgnoreRules.FILE_NAME, Flags.O_RDONLY | Flags.O_NONBLOCK)) {
            var stat = linux.stat(file);
            if (!stat.isRegular() || stat.size() > IgnoreRules.FILE_BYTES_MAX) {
                return ignoreFileUnusable(folder, outer, "is no regular file of up to 1 MiB");
            }
            var content = new byte[(int) stat.size()];
            var length = new OpenFile(linux, file, stat, folder.path()).read(content, 0, content.length, 0);
            return new IgnoreRules(outer, folder.path(), Arrays.copyOf(content, length));
        } catch (LinuxException e) {
            return ignoreFileUnusable(folder, outer, "can't be read: " + e.reason());
        }
    }

    private @Nullable IgnoreRules ignoreFileUnusable(Folder folder, @Nullable IgnoreRules outer, String reason) {
        warn(Problem.IGNORE_FILE, folder.path().child(IgnoreRules.FILE_NAME), reason + ": it is not obeyed");
        return outer;
    }

    private Listing listing() {
        var spare = spareListings.poll();
        return spare == null ? new Listing() : spare;
    }

    private WalkEvent enterEmpty(Level level, Bytes name, Stat stat) {
        var folder = new Folder(Optional.of(level.folder), name, stat, List.of());
        push(folder, new Listing(), Fd.NONE);
        return new WalkEvent.Enter(folder);
    }

    private WalkEvent leave(Level level) {
        levels.removeLast();
        var fd = level.fd;
        if (fd != null && fd != Fd.NONE) {
            var parent = levels.isEmpty() ? null : levels.getLast();
            if (parent != null && parent.fd == null) {
                reopen(parent, fd);
            }
            warnIfChanged(level, fd);
            fd.close();
        }
        if (level.listing.size() < 10_000) {
            spareListings.push(level.listing);
        }
        return leaveCache(level);
    }

    private WalkEvent leaveCache(Level level) {
        var unchanged = level.unchanged && known.atEndOfFolder();
        var left = level.inCache ? known.leave(level.folder.stat()) : StatCacheReader.Left.NOTHING;
        if (!levels.isEmpty()) {
            levels.getLast().unchanged &= unchanged && left.sameStat();
        }
        return new WalkEvent.Leave(
                level.folder, unchanged ? Optional.ofNullable(left.value()) : Optional.empty(), left.sameStat());
    }

    private void warnIfChanged(Level level, Fd fd) {
        var before = level.folder.stat();
        var after = linux.stat(fd);
        if (before.mtimeSeconds() != after.mtimeSeconds() || before.mtimeNanos() != after.mtimeNanos()) {
            warn(Problem.CHANGED, level.folder.path(), "files came or went in this folder while it was read");
        }
    }

    private void closeDistantLevel() {
        if (levels.size() >= OPEN_FOLDERS_MAX) {
            var distant = levels.get(levels.size() - OPEN_FOLDERS_MAX);
            if (distant.fd != null) {
                distant.fd.close();
                distant.fd = null;
            }
        }
    }

    private void reopen(Level parent, Fd child) {
        try {
            parent.fd = parentOf(child, parent.folder);
        } catch (LinuxException e) {
            warn(Problem.UNREADABLE, parent.folder.path(), "the rest of the folder can't be read: " + e.reason());
            parent.fd = Fd.NONE;
            parent.position = parent.listing.size();
        }
    }

    /** By way of {@code ..}; where the child was moved meanwhile that is another folder, and the way leads from the top. */
    private Fd parentOf(Fd child, Folder folder) {
        var fd = linux.open(child, Bytes.of(".."), Flags.O_DIRECTORY);
        var stat = linux.stat(fd);
        if (stat.inode() == folder.stat().inode()
                && stat.device() == folder.stat().device()) {
            return fd;
        }
        fd.close();
        try (var beneath = new Beneath(linux, root)) {
            return beneath.openFolder(folder.path());
        }
    }

    private void warn(Problem problem, Bytes path, String reason) {
        warnings.accept(new Warning(problem, path, reason));
    }

    @Override
    public void close() {
        for (var level : levels) {
            if (level.fd != null) {
                level.fd.close();
            }
        }
        levels.clear();
    }
}
