package rok.volume;

import java.util.List;
import rok.linux.Stat;

/**
 * What belongs to a file beside its content.
 *
 * @param permissions the lower twelve bits of the mode
 * @param mtimeSeconds since 1970, of any sign
 * @param attributes extended attributes and ACLs
 */
public record Metadata(
        int permissions, int uid, int gid, long mtimeSeconds, int mtimeNanos, List<Attribute> attributes) {
    public Metadata {
        if ((permissions & ~0xFFF) != 0 || mtimeNanos < 0 || mtimeNanos > 999_999_999) {
            throw new IllegalArgumentException(
                    "Permissions %o or nanoseconds %d are out of range".formatted(permissions, mtimeNanos));
        }
        attributes = List.copyOf(attributes);
    }

    public static Metadata of(Stat stat, List<Attribute> attributes) {
        return new Metadata(
                stat.permissions(), stat.uid(), stat.gid(), stat.mtimeSeconds(), stat.mtimeNanos(), attributes);
    }

    Metadata withPermissions(int other) {
        return new Metadata(other, uid, gid, mtimeSeconds, mtimeNanos, attributes);
    }
}
