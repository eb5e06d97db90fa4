package rok.linux;

import java.time.Instant;

/**
 * What Linux says of a file, a link or a folder. Times are seconds since 1970 (of any sign) and 0 to 999,999,999
 * nanoseconds.
 *
 * @param mode type and permissions, as in {@code st_mode}
 * @param device the file system; with {@code inode} it names a file
 * @param blocks of 512 bytes that are stored
 * @param rawDevice which device a device file stands for
 * @param mount the mount it was seen through, 0 where the kernel does not say (before 5.8)
 * @param attributes {@code stx_attributes}: immutable, append only, encrypted...
 */
public record Stat(
        int mode,
        int nlink,
        int uid,
        int gid,
        long size,
        long inode,
        long device,
        long mtimeSeconds,
        int mtimeNanos,
        long ctimeSeconds,
        int ctimeNanos,
        long atimeSeconds,
        int atimeNanos,
        long birthSeconds,
        int birthNanos,
        long blocks,
        int blockSize,
        long rawDevice,
        long mount,
        long attributes) {

    public static final int TYPE_MASK = 0xF000;
    public static final int SOCKET = 0xC000;
    public static final int SYMLINK = 0xA000;
    public static final int REGULAR = 0x8000;
    public static final int BLOCK_DEVICE = 0x6000;
    public static final int DIRECTORY = 0x4000;
    public static final int CHARACTER_DEVICE = 0x2000;
    public static final int FIFO = 0x1000;

    /** One of the constants of this class. */
    public int type() {
        return mode & TYPE_MASK;
    }

    /** The lower twelve bits: rwx three times, sticky, set-group, set-user. */
    public int permissions() {
        return mode & 0xFFF;
    }

    public boolean isDirectory() {
        return type() == DIRECTORY;
    }

    public boolean isRegular() {
        return type() == REGULAR;
    }

    public boolean isSymlink() {
        return type() == SYMLINK;
    }

    /** Fewer bytes are stored than it is long: worth asking for its holes. */
    public boolean maySparse() {
        return blocks * 512 < size;
    }

    public Instant mtime() {
        return Instant.ofEpochSecond(mtimeSeconds, mtimeNanos);
    }

    public Instant ctime() {
        return Instant.ofEpochSecond(ctimeSeconds, ctimeNanos);
    }

    /** The same file, and nothing of what a stat shows but the time of reading and the number of stored blocks differs. */
    public boolean sameState(Stat other) {
        return inode == other.inode
                && device == other.device
                && size == other.size
                && mtimeSeconds == other.mtimeSeconds
                && mtimeNanos == other.mtimeNanos
                && ctimeSeconds == other.ctimeSeconds
                && ctimeNanos == other.ctimeNanos
                && mode == other.mode
                && uid == other.uid
                && gid == other.gid;
    }
}
