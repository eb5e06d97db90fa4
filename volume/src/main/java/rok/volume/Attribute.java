package rok.volume;

import rok.linux.Bytes;

/** An extended attribute. ACLs are those called {@code system.posix_acl_access} and {@code system.posix_acl_default}. */
public record Attribute(Bytes name, Bytes value) implements Comparable<Attribute> {
    @Override
    public int compareTo(Attribute other) {
        return name.compareTo(other.name);
    }
}
