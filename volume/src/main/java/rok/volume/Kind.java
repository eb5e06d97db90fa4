package rok.volume;

import rok.linux.Stat;

/** What an entry of a folder is. */
public enum Kind {
    FILE,
    FOLDER,
    SYMLINK,
    FIFO,
    SOCKET,
    DEVICE;

    public static Kind of(Stat stat) {
        return switch (stat.type()) {
            case Stat.REGULAR -> FILE;
            case Stat.DIRECTORY -> FOLDER;
            case Stat.SYMLINK -> SYMLINK;
            case Stat.FIFO -> FIFO;
            case Stat.SOCKET -> SOCKET;
            default -> DEVICE;
        };
    }

    /** Whether a snapshot keeps entries of this kind. */
    public boolean isKept() {
        return this != SOCKET && this != DEVICE;
    }
}
