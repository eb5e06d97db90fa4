package rok.agent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import rok.linux.Bytes;
import rok.linux.Stat;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.volume.Attribute;

/** Between what volumes say and what trees hold. */
final class Names {
    private Names() {}

    static ByteString stored(Bytes bytes) {
        return ByteString.of(bytes.toArray());
    }

    static Bytes onDisk(ByteString bytes) {
        return Bytes.of(bytes.toArray());
    }

    /** Extended attributes beyond what a tree holds (1 MiB) are left out. */
    static Attributes attributes(Stat stat, List<Attribute> found) {
        var xattrs = new ArrayList<Attributes.Xattr>(found.size());
        var bytes = 0;
        for (var attribute : found) {
            bytes += attribute.name().length() + attribute.value().length();
            if (bytes <= Attributes.XATTR_BYTES_MAX && xattrs.size() < Attributes.XATTRS_MAX) {
                xattrs.add(new Attributes.Xattr(stored(attribute.name()), stored(attribute.value())));
            }
        }
        return new Attributes(
                stat.permissions(),
                Integer.toUnsignedLong(stat.uid()),
                Integer.toUnsignedLong(stat.gid()),
                Instant.ofEpochSecond(stat.mtimeSeconds(), stat.mtimeNanos()),
                xattrs);
    }
}
