package rok.volume;

import rok.linux.Bytes;

/**
 * Something in a volume that is not, or not exactly, in the snapshot or on the disk afterwards.
 *
 * @param path below the top of the volume; empty for the top itself
 * @param reason for people, without the path
 */
public record Warning(Problem problem, Bytes path, String reason) {
    /** What the user should make of it. */
    public enum Problem {
        /** A file or folder could not be read: the snapshot is incomplete. */
        UNREADABLE(true),
        /** A file went away while it was read: it is not in the snapshot. */
        VANISHED(false),
        /** A file or folder changed while it was read, also when tried again: the last that was read is kept. */
        CHANGED(false),
        /** A socket or device, which a snapshot can't hold. */
        NOT_KEPT(false),
        /** A FIFO: its name is kept, what was under way in it is not. */
        FIFO(false),
        /** Another file system is mounted here: an empty folder is kept in its place. */
        MOUNT(false),
        /** A line of a {@code .rokignore} can't be understood, or the file not be read. */
        IGNORE_FILE(false),
        /** The stat cache is damaged: everything is read again. */
        STAT_CACHE(false),
        /** An owner, mode, time or attribute could not be restored. */
        METADATA(false);

        private final boolean incomplete;

        Problem(boolean incomplete) {
            this.incomplete = incomplete;
        }

        /** Whether content is missing that the user would expect in the snapshot. */
        public boolean makesIncomplete() {
            return incomplete;
        }
    }

    @Override
    public String toString() {
        return (path.isEmpty() ? "the volume's folder" : path) + ": " + reason;
    }
}
