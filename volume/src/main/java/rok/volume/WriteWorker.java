package rok.volume;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Listing;
import rok.linux.Syscalls;

/** What one thread needs to make files, and how it makes them. */
final class WriteWorker implements AutoCloseable {
    private final Syscalls linux = new Syscalls();
    private final Beneath beneath;
    private final Existing existing;
    private final MetadataWriter metadata;
    private final int user = linux.effectiveUser();
    private final int group = linux.effectiveGroup();
    private final int umask;
    private final String temporary;
    private long temporaries;

    /** @param temporary how names begin that files have until they are complete; no other worker uses the same */
    WriteWorker(Fd root, Existing existing, MetadataWriter metadata, int umask, String temporary) {
        this.beneath = new Beneath(linux, root);
        this.existing = existing;
        this.metadata = metadata;
        this.umask = umask;
        this.temporary = temporary;
    }

    void run(WriteTask task) {
        var folder = task.folder();
        var fd = folder.fd(beneath);
        var replaces = folder.replaces(existing);
        try {
            if (replaces && task instanceof WriteTask.File file && isThere(file, fd)) {
                return;
            }
            var name = replaces ? Bytes.of(temporary + temporaries++) : task.name();
            make(task, fd, name);
            if (replaces) {
                replace(fd, name, task.name());
            }
        } catch (LinuxException e) {
            throw e.at(task.path());
        }
    }

    private void make(WriteTask task, Fd fd, Bytes name) {
        switch (task) {
            case WriteTask.File file -> file(file, fd, name);
            case WriteTask.Part part -> part(part, fd);
            case WriteTask.Symlink link -> {
                linux.makeSymlink(fd, name, link.target());
                metadata.applyByName(linux, fd, name, link.metadata(), linux.stat(fd, name));
            }
            case WriteTask.Fifo fifo -> {
                linux.makeFifo(fd, name, fifo.metadata().permissions() & 0777);
                metadata.applyByName(linux, fd, name, fifo.metadata(), linux.stat(fd, name));
            }
            case WriteTask.HardLink link -> hardLink(link, fd, name);
        }
    }

    private void hardLink(WriteTask.HardLink task, Fd fd, Bytes name) {
        try {
            var existing = task.existing();
            linux.makeLink(beneath.folder(existing.parent()), existing.lastName(), fd, name);
        } catch (LinuxException e) {
            switch (e.errno()) {
                case Errno.ENOENT,
                        Errno.ENOTDIR,
                        Errno.ELOOP,
                        Errno.EPERM,
                        Errno.EXDEV,
                        Errno.EMLINK,
                        Errno.EOPNOTSUPP -> file(task.otherwise(), fd, name);
                default -> throw e;
            }
        }
    }

    private void file(WriteTask.File task, Fd folder, Bytes name) {
        var complete = false;
        try (var fd = create(task, folder, name)) {
            try {
                var output = new FileOutput(linux, fd);
                task.content().writeTo(output, 0, task.length());
                output.endAt(task.length());
                applyMetadata(task, fd);
                complete = true;
            } finally {
                if (!complete) {
                    linux.remove(folder, name);
                }
            }
        }
    }

    private Fd create(WriteTask.File task, Fd folder, Bytes name) {
        var flags = Flags.O_CREAT | Flags.O_EXCL | Flags.O_WRONLY | Flags.O_NOFOLLOW;
        return linux.open(folder, name, flags, firstMode(task.metadata()));
    }

    /** Nobody else may read a file before it has its owner. */
    private int firstMode(Metadata wanted) {
        return wanted.permissions() & (wanted.uid() == user ? 0777 : 0700);
    }

    private void applyMetadata(WriteTask.File task, Fd fd) {
        var parent = task.folder();
        var gid = parent.groupOfNewFiles(group);
        var wanted = task.metadata();
        metadata.apply(linux, fd, wanted, user, gid, firstMode(wanted) & ~umask, parent.passesAcl);
    }

    private void part(WriteTask.Part part, Fd folder) {
        var shared = part.file();
        var task = shared.task();
        var fd = shared.use(() -> create(task, folder, task.name()));
        if (fd == null) {
            throw new FileContent.Unavailable();
        }
        var complete = false;
        try {
            task.content().writeTo(new FileOutput(linux, fd), part.from(), part.to());
            if (shared.endPart()) {
                linux.truncate(fd, task.length());
                applyMetadata(task, fd);
                shared.close();
            }
            complete = true;
        } finally {
            if (!complete && shared.fail()) {
                linux.remove(folder, task.name());
            }
            shared.release();
        }
    }

    /** Removes what was not completed. */
    void abandon(SharedFile shared) {
        if (shared.fail()) {
            removeQuietly(shared.task().folder().fd(beneath), shared.task().name());
        }
    }

    /** Whether the file is in its place already; then it only gets the metadata that it lacks. */
    private boolean isThere(WriteTask.File task, Fd folder) {
        try (var fd = openExisting(task, folder)) {
            if (fd == Fd.NONE) {
                return false;
            }
            var stat = linux.stat(fd);
            // A name among others is made anew: what is done to it would be done to files elsewhere.
            if (!stat.isRegular()
                    || stat.nlink() != 1
                    || stat.size() != task.length()
                    || !task.content().isIn(new OpenFile(linux, fd, stat, task.path()))) {
                return false;
            }
            metadata.adjust(linux, fd, task.metadata(), stat);
            return true;
        }
    }

    private Fd openExisting(WriteTask.File task, Fd folder) {
        try {
            return linux.open(folder, task.name(), Flags.O_RDONLY | Flags.O_NONBLOCK | Flags.O_NOFOLLOW);
        } catch (LinuxException e) {
            return Fd.NONE; // not there, a link, not readable: whatever it is, the new file takes its place
        }
    }

    /** Puts a complete file in the place of what has its name; only an exact copy removes a folder that has entries. */
    private void replace(Fd folder, Bytes made, Bytes name) {
        try {
            linux.rename(folder, made, folder, name, 0);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EISDIR) {
                removeQuietly(folder, made);
                throw e;
            }
            removeFolder(folder, made, name);
            linux.rename(folder, made, folder, name, 0);
        }
    }

    private void removeFolder(Fd folder, Bytes made, Bytes name) {
        try {
            if (existing == Existing.EXACT) {
                TreeRemoval.remove(linux, folder, name);
            } else {
                linux.removeFolder(folder, name);
            }
        } catch (LinuxException e) {
            removeQuietly(folder, made);
            throw e;
        }
    }

    private void removeQuietly(Fd folder, Bytes name) {
        try {
            linux.remove(folder, name);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** The folder is complete: what does not belong goes, and it gets its metadata; then, maybe, the folder it is in. */
    void finish(TargetFolder complete, Consumer<TargetFolder> done) {
        for (@Nullable TargetFolder folder = complete; folder != null; ) {
            var fd = folder.fd(beneath);
            try {
                if (existing == Existing.EXACT && folder.existed) {
                    removeOthers(folder, fd);
                }
                if (!folder.keepsMetadata) {
                    applyMetadata(folder, fd);
                }
            } catch (LinuxException e) {
                throw e.at(folder.path);
            }
            folder.close();
            done.accept(folder);
            var parent = folder.parent;
            folder = parent != null && parent.endFolder() ? parent : null;
        }
    }

    private void applyMetadata(TargetFolder folder, Fd fd) {
        var stat = folder.stat;
        if (folder.existed) {
            metadata.removeOthers(linux, fd, folder.metadata.attributes());
        }
        var permissions = folder.existed ? MetadataWriter.UNKNOWN : stat.permissions();
        metadata.apply(linux, fd, folder.metadata, stat.uid(), stat.gid(), permissions, false);
    }

    private void removeOthers(TargetFolder folder, Fd fd) {
        var listing = new Listing();
        linux.list(fd, listing);
        var next = 0;
        for (var i = 0; i < listing.size(); i++) {
            var name = listing.name(i);
            while (next < folder.names.size() && folder.names.get(next).compareTo(name) < 0) {
                next++;
            }
            if (next == folder.names.size() || !folder.names.get(next).equals(name)) {
                TreeRemoval.remove(linux, fd, name);
            }
        }
    }

    @Override
    public void close() {
        beneath.close();
    }
}
