package rok.volume;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.LinuxException;
import rok.linux.Stat;
import rok.linux.Syscalls;
import rok.volume.Warning.Problem;

/**
 * Gives files their owner, attributes, mode and time, in this order: a change of owner takes away set-user bits and
 * capabilities, an ACL changes the mode, and everything changes times. Only what differs is set. What is not permitted is
 * counted and told once at the end. Thread-safe.
 */
final class MetadataWriter {
    /** For permissions that have to be set whatever they should be. */
    static final int UNKNOWN = -1;

    private static final int SET_ID_BITS = 06000;

    private final Consumer<Warning> warnings;
    private final AtomicLong owners = new AtomicLong();
    private final AtomicLong attributes = new AtomicLong();

    MetadataWriter(Consumer<Warning> warnings) {
        this.warnings = warnings;
    }

    /**
     * @param uid whom it belongs to now
     * @param permissions what it has now, or {@link #UNKNOWN}
     * @param inherited whether it may have got an ACL from its folder, which must go
     */
    void apply(Syscalls linux, Fd file, Metadata wanted, int uid, int gid, int permissions, boolean inherited) {
        var owned = setOwner(linux, file, wanted, uid, gid);
        var changed = !owned || wanted.uid() != uid || wanted.gid() != gid;
        if (inherited) {
            removeAcl(linux, file);
        }
        for (var attribute : wanted.attributes()) {
            setAttribute(linux, file, attribute);
        }
        var mode = owned ? wanted.permissions() : wanted.permissions() & ~SET_ID_BITS;
        var special = (mode & SET_ID_BITS) != 0;
        if (mode != permissions
                || inherited
                || (special && changed)
                || !wanted.attributes().isEmpty()) {
            linux.setMode(file, mode);
        }
        linux.setTime(file, wanted.mtimeSeconds(), wanted.mtimeNanos());
    }

    /** Gives a file that is there what it lacks; one that is as wanted is not touched. */
    void adjust(Syscalls linux, Fd file, Metadata wanted, Stat now) {
        if (Metadata.of(now, Attributes.of(linux, file)).equals(wanted)) {
            return;
        }
        removeOthers(linux, file, wanted.attributes());
        apply(linux, file, wanted, now.uid(), now.gid(), UNKNOWN, false);
    }

    /** Removes what the file has and is not wanted. */
    void removeOthers(Syscalls linux, Fd file, List<Attribute> wanted) {
        for (var name : linux.attributes(file)) {
            if (Attributes.isKept(name)
                    && wanted.stream().noneMatch(a -> a.name().equals(name))) {
                linux.removeAttribute(file, name);
            }
        }
    }

    /** As {@link #apply}, for a name that can't be opened: a symbolic link, which has no mode and no attributes, or a FIFO. */
    void applyByName(Syscalls linux, Fd folder, Bytes name, Metadata wanted, Stat now) {
        if (wanted.uid() != now.uid() || wanted.gid() != now.gid()) {
            try {
                linux.setOwner(folder, name, wanted.uid(), wanted.gid());
            } catch (LinuxException e) {
                noteRefusal(e, owners);
            }
        }
        if (!now.isSymlink()) {
            applyAttributesByName(linux, folder, name, wanted.attributes());
            linux.setMode(folder, name, wanted.permissions());
        }
        linux.setTime(folder, name, wanted.mtimeSeconds(), wanted.mtimeNanos());
    }

    private void applyAttributesByName(Syscalls linux, Fd folder, Bytes name, List<Attribute> wanted) {
        for (var attribute : wanted) {
            try {
                linux.setAttribute(folder, name, attribute.name(), attribute.value());
            } catch (LinuxException e) {
                noteRefusal(e, attributes);
            }
        }
    }

    private boolean setOwner(Syscalls linux, Fd file, Metadata wanted, int uid, int gid) {
        if (wanted.uid() == uid && wanted.gid() == gid) {
            return true;
        }
        try {
            linux.setOwner(file, wanted.uid(), wanted.gid());
            return true;
        } catch (LinuxException e) {
            noteRefusal(e, owners);
        }
        if (wanted.gid() != gid) {
            try {
                linux.setOwner(file, -1, wanted.gid()); // to a group of one's own it is permitted
            } catch (LinuxException e) {
                ignoreRefusal(e);
            }
        }
        return false;
    }

    private void setAttribute(Syscalls linux, Fd file, Attribute attribute) {
        try {
            linux.setAttribute(file, attribute.name(), attribute.value());
        } catch (LinuxException e) {
            noteRefusal(e, attributes);
        }
    }

    static void removeAcl(Syscalls linux, Fd file) {
        for (var name : List.of(Attributes.ACL, Attributes.DEFAULT_ACL)) {
            try {
                linux.removeAttribute(file, name);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENODATA) {
                    ignoreRefusal(e);
                }
            }
        }
    }

    private static void noteRefusal(LinuxException e, AtomicLong counter) {
        ignoreRefusal(e);
        counter.incrementAndGet();
    }

    /** Not permitted here, or not offered by this file system: the content is what counts. Anything else is an error. */
    private static void ignoreRefusal(LinuxException e) {
        switch (e.errno()) {
            case Errno.EPERM, Errno.EACCES, Errno.EOPNOTSUPP, Errno.EINVAL, Errno.ENOSYS, Errno.ERANGE -> {}
            default -> throw e;
        }
    }

    /** Tells what was not permitted. */
    void report() {
        if (owners.get() > 0) {
            tell("the owners of %,d files could not be restored: only root may set them".formatted(owners.get()));
        }
        if (attributes.get() > 0) {
            tell("%,d extended attributes could not be restored: not permitted, or not offered by this file system"
                    .formatted(attributes.get()));
        }
    }

    private void tell(String reason) {
        warnings.accept(new Warning(Problem.METADATA, Bytes.EMPTY, reason));
    }
}
