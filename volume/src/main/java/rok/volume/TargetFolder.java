package rok.volume;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.linux.Fd;
import rok.linux.Stat;

/**
 * A folder that a {@link DirectoryWriter} writes. It is finished, its time set at last, when the writer has left it and
 * nothing in it is under way any more. Its fields are guarded by the folder itself.
 */
final class TargetFolder {
    final @Nullable TargetFolder parent;
    final Bytes path;
    final Metadata metadata;
    /** As it was when it was opened: what new files in it get by default follows from it. */
    final Stat stat;

    final boolean existed;
    final boolean keepsMetadata;
    /** Whether files made in it get an ACL from it. */
    final boolean passesAcl;
    /** What was written into it, in the order of bytes; only where the rest is to be removed. */
    final List<Bytes> names = new ArrayList<>();

    private @Nullable Fd fd;
    private int tasks;
    private int folders;
    private boolean left;

    TargetFolder(
            @Nullable TargetFolder parent,
            Bytes path,
            Metadata metadata,
            Stat stat,
            boolean existed,
            boolean keepsMetadata,
            boolean passesAcl,
            Fd fd) {
        this.parent = parent;
        this.path = path;
        this.metadata = metadata;
        this.stat = stat;
        this.existed = existed;
        this.keepsMetadata = keepsMetadata;
        this.passesAcl = passesAcl;
        this.fd = fd;
    }

    /** Whom a file made here belongs to as a group: the folder's own where that is set so, else the process's. */
    int groupOfNewFiles(int group) {
        return (stat.mode() & 02000) != 0 ? stat.gid() : group;
    }

    /** Whether what is made here may find something in its place, which it then replaces. */
    boolean replaces(Existing existing) {
        return existing != Existing.REFUSE && existed;
    }

    synchronized Fd fd(Beneath beneath) {
        if (fd == null) {
            fd = beneath.openFolder(path);
        }
        return fd;
    }

    synchronized void addTask() {
        tasks++;
    }

    synchronized void addFolder() {
        folders++;
    }

    /** Each of these three: whether the folder is complete by it, and the caller has to finish it. */
    synchronized boolean endTask() {
        tasks--;
        return isComplete();
    }

    synchronized boolean endFolder() {
        folders--;
        return isComplete();
    }

    synchronized boolean leave() {
        left = true;
        return isComplete();
    }

    private boolean isComplete() {
        return left && tasks == 0 && folders == 0;
    }

    /** Spares the descriptor of a folder far above the one being written. */
    synchronized void closeIfIdle() {
        if (tasks == 0) {
            close();
        }
    }

    synchronized void close() {
        if (fd != null) {
            fd.close();
            fd = null;
        }
    }
}
