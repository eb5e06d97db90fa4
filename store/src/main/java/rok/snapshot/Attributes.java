package rok.snapshot;

import java.time.Instant;
import java.util.List;

/**
 * What every entry has beside its name and content.
 *
 * @param mode the lower 12 bits of the file's mode
 * @param uid below 2^32, as is {@code gid}
 * @param modified to the nanosecond
 * @param xattrs strictly ascending by name, within {@link #XATTRS_MAX} and {@link #XATTR_BYTES_MAX}
 */
public record Attributes(int mode, long uid, long gid, Instant modified, List<Xattr> xattrs) {
    public static final int XATTRS_MAX = 1024;
    /** Names and values of one entry together. */
    public static final int XATTR_BYTES_MAX = 1 << 20;

    public static final int XATTR_VALUE_BYTES_MAX = 65_536;

    /** What a folder gets of which nothing is known. */
    public static final Attributes UNKNOWN_FOLDER = new Attributes(0755, 0, 0, Instant.EPOCH, List.of());

    public Attributes {
        if ((mode & ~07777) != 0 || uid >>> 32 != 0 || gid >>> 32 != 0) {
            throw new IllegalArgumentException(
                    "An entry can't have mode 0%o and owner %d:%d".formatted(mode, uid, gid));
        }
        xattrs = List.copyOf(xattrs);
        if (!xattrs.isEmpty()) {
            check(xattrs);
        }
    }

    private static void check(List<Xattr> xattrs) {
        require(xattrs.size() <= XATTRS_MAX, xattrs.size() + " extended attributes");
        var bytes = 0L;
        for (var i = 0; i < xattrs.size(); i++) {
            bytes += xattrs.get(i).name().length() + xattrs.get(i).value().length();
            require(
                    i == 0 || xattrs.get(i - 1).name().compareTo(xattrs.get(i).name()) < 0,
                    "extended attributes out of order");
        }
        require(bytes <= XATTR_BYTES_MAX, bytes + " bytes of extended attributes");
    }

    private static void require(boolean holds, String found) {
        if (!holds) {
            throw new IllegalArgumentException("An entry can't have " + found);
        }
    }

    /** An extended attribute; ACLs are such. */
    public record Xattr(ByteString name, ByteString value) {
        public Xattr {
            require(!name.isEmpty() && name.length() <= Entry.NAME_BYTES_MAX, "an attribute named " + name);
            require(value.length() <= XATTR_VALUE_BYTES_MAX, "an attribute of " + value.length() + " bytes");
        }
    }
}
