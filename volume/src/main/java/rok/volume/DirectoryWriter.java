package rok.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Listing;
import rok.linux.Syscalls;

/**
 * Writes a folder from a stream of entries that comes in the order of a {@link Walk}: {@link #enter} with an empty name
 * for the top, its files and folders by the order of their names, {@link #leave}. One thread drives it; contents are
 * written by {@code threads} others, so what they need must be safe for that. Every step goes from an open folder to a
 * checked name and follows no link, so nothing outside of the folder is touched whatever is, or is put, inside it.
 *
 * <p>After {@link #finish} everything is written, though not synced. Closed without it, what is under way ends and the
 * rest is not written.
 */
public final class DirectoryWriter implements AutoCloseable {
    /** Folders above this many levels are closed while the stream is below them. */
    private static final int OPEN_FOLDERS_MAX = 64;

    private static final int LINKS_PENDING_MAX = 512;

    /** Files are divided where contents are cut anew, so that no chunk is read for two parts: docs/format/tree.md. */
    private static final long PART_BYTES = 32 << 20;

    private static final long SHARED_BYTES_MIN = 2 * PART_BYTES;
    private static final int PARTS_MAX = 1024;

    private final Syscalls linux = new Syscalls();
    private final Existing existing;
    private final Fd root;
    private final boolean rootIsNew;
    private final Beneath beneath;
    private final WriteTasks tasks;
    private final ArrayList<TargetFolder> levels = new ArrayList<>();
    private final List<WriteTask> links = new ArrayList<>();
    private boolean begun;

    private DirectoryWriter(Fd root, boolean rootIsNew, Existing existing, int threads, Consumer<Warning> warnings) {
        this.root = root;
        this.rootIsNew = rootIsNew;
        this.existing = existing;
        this.beneath = new Beneath(linux, root);
        this.tasks = new WriteTasks(root, existing, threads, warnings);
    }

    /**
     * @param folder is made where it does not exist, with the folders above it
     * @param threads at least 1; that many contents are written at a time
     * @param warnings may be called from any of them
     */
    public static DirectoryWriter open(Path folder, Existing existing, int threads, Consumer<Warning> warnings) {
        var linux = new Syscalls();
        var path = folder.toAbsolutePath().normalize();
        var name = Bytes.of(path.toString());
        var isNew = !Files.exists(path);
        try {
            if (isNew) {
                Files.createDirectories(path.getParent());
                linux.makeFolder(Fd.CWD, name, 0700);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var root = linux.open(Fd.CWD, name, Flags.O_DIRECTORY, 0);
        return new DirectoryWriter(root, isNew, existing, threads, warnings);
    }

    /** Goes into a folder, and makes it where it is not there; with an empty name, and first of all, the top. */
    public void enter(Bytes name, Metadata metadata) {
        tasks.throwFailure();
        if (!begun) {
            if (!name.isEmpty()) {
                throw new IllegalStateException("The top has to be entered first");
            }
            begun = true;
            var fd = linux.open(root, Bytes.of("."), Flags.O_DIRECTORY);
            levels.add(target(null, Bytes.EMPTY, metadata, fd, !rootIsNew));
            return;
        }
        var parent = current();
        var path = child(parent, name);
        var parentFd = parent.fd(beneath);
        try {
            var made = makeFolder(parentFd, name);
            var folder = target(parent, path, metadata, linux.open(parentFd, name, Flags.O_DIRECTORY), !made);
            parent.addFolder();
            levels.add(folder);
        } catch (LinuxException e) {
            throw e.at(path);
        }
        if (levels.size() > OPEN_FOLDERS_MAX) {
            levels.get(levels.size() - OPEN_FOLDERS_MAX - 1).closeIfIdle();
        }
    }

    private boolean makeFolder(Fd parent, Bytes name) {
        try {
            linux.makeFolder(parent, name, 0700);
            return true;
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST || linux.stat(parent, name).isDirectory()) {
                if (e.errno() == Errno.EEXIST) {
                    return false;
                }
                throw e;
            }
            if (existing == Existing.REFUSE) {
                throw e;
            }
        }
        linux.remove(parent, name);
        linux.makeFolder(parent, name, 0700);
        return true;
    }

    private TargetFolder target(@Nullable TargetFolder parent, Bytes path, Metadata metadata, Fd fd, boolean existed) {
        var mayInherit = parent == null || parent.passesAcl || existed;
        var passesAcl = mayInherit && linux.attributes(fd).contains(Attributes.DEFAULT_ACL);
        if (passesAcl && !existed) {
            MetadataWriter.removeAcl(linux, fd); // inherited from the folder it was made in
            passesAcl = false;
        }
        var keeps = existed && existing == Existing.REFUSE && !isEmpty(fd);
        var folder = new TargetFolder(parent, path, metadata, linux.stat(fd), existed, keeps, passesAcl, fd);
        tasks.opened(folder);
        return folder;
    }

    private boolean isEmpty(Fd fd) {
        var listing = new Listing();
        linux.list(fd, listing);
        return listing.size() == 0;
    }

    /** A regular file of that length; {@code content} is called later, on another thread. */
    public void file(Bytes name, Metadata metadata, long length, FileContent content) {
        var folder = current();
        if (length < SHARED_BYTES_MIN || !content.isDivisible() || folder.replaces(existing)) {
            submit(name, (_, path) -> new WriteTask.File(folder, name, path, metadata, length, content));
            return;
        }
        var file = new WriteTask.File(folder, name, child(folder, name), metadata, length, content);
        var partBytes = Math.max(PART_BYTES, Math.ceilDiv(length, (long) PARTS_MAX * PART_BYTES) * PART_BYTES);
        var parts = (int) Math.ceilDiv(length, partBytes);
        var shared = tasks.share(file, parts);
        for (var part = 0; part < parts; part++) {
            folder.addTask();
            var from = part * partBytes;
            tasks.submit(new WriteTask.Part(shared, from, Math.min(length, from + partBytes)));
        }
    }

    public void symlink(Bytes name, Metadata metadata, Bytes target) {
        submit(name, (folder, path) -> new WriteTask.Symlink(folder, name, path, metadata, target));
    }

    public void fifo(Bytes name, Metadata metadata) {
        submit(name, (folder, path) -> new WriteTask.Fifo(folder, name, path, metadata));
    }

    /**
     * Another name of a file that came earlier.
     *
     * @param existingPath of that one, below the top
     * @param content makes it a file of its own, where that one is not there or the file system has no links
     */
    public void hardLink(Bytes name, Bytes existingPath, Metadata metadata, long length, FileContent content) {
        tasks.throwFailure();
        var folder = current();
        var path = child(folder, name);
        for (var at = existingPath; !at.isEmpty(); at = at.parent()) {
            checkName(at.lastName(), existingPath);
        }
        folder.addTask();
        var otherwise = new WriteTask.File(folder, name, path, metadata, length, content);
        links.add(new WriteTask.HardLink(folder, name, path, existingPath, otherwise));
        if (links.size() == LINKS_PENDING_MAX) {
            makeLinks();
        }
    }

    private interface TaskOf {
        WriteTask make(TargetFolder folder, Bytes path);
    }

    private void submit(Bytes name, TaskOf task) {
        var folder = current();
        var path = child(folder, name);
        folder.addTask();
        tasks.submit(task.make(folder, path));
    }

    private Bytes child(TargetFolder folder, Bytes name) {
        var path = folder.path.child(name);
        checkName(name, path);
        if (existing == Existing.EXACT && folder.existed) {
            folder.names.add(name);
        }
        return path;
    }

    private static void checkName(Bytes name, Bytes path) {
        if (!name.isFileName()) {
            throw new IllegalArgumentException(
                    "%s can't be written: a name must have 1 to 255 bytes, no slash, no NUL, and not be . or .."
                            .formatted(path));
        }
    }

    private TargetFolder current() {
        if (levels.isEmpty()) {
            throw new IllegalStateException("No folder has been entered");
        }
        return levels.getLast();
    }

    /** The folder entered last is complete. */
    public void leave() {
        var folder = current();
        levels.removeLast();
        tasks.left(folder);
    }

    /** Waits until all of it is written, and throws what went wrong first. */
    public void finish() {
        if (!begun || !levels.isEmpty()) {
            throw new IllegalStateException("Finished inside of a folder");
        }
        makeLinks();
        tasks.finish();
    }

    /** Files must be there before they get a second name. */
    private void makeLinks() {
        tasks.drain();
        links.forEach(tasks::submit);
        links.clear();
        tasks.drain();
    }

    /** Makes everything durable that was written to this file system. */
    public void sync() {
        linux.syncFileSystem(root);
    }

    @Override
    public void close() {
        tasks.close();
        beneath.close();
        root.close();
    }
}
