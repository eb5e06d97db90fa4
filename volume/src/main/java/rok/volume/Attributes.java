package rok.volume;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import rok.linux.Bytes;
import rok.linux.Fd;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/** Which extended attributes belong to the user's data, and reading them. */
final class Attributes {
    static final Bytes ACL = Bytes.of("system.posix_acl_access");
    static final Bytes DEFAULT_ACL = Bytes.of("system.posix_acl_default");
    private static final Bytes CAPABILITY = Bytes.of("security.capability");
    private static final Bytes USER = Bytes.of("user.");

    private Attributes() {}

    /** Labels of security modules, and what file systems keep for themselves, belong to the machine and not to the data. */
    static boolean isKept(Bytes name) {
        return name.startsWith(USER) || name.equals(ACL) || name.equals(DEFAULT_ACL) || name.equals(CAPABILITY);
    }

    static List<Attribute> of(Syscalls linux, Fd file) {
        var names = linux.attributes(file);
        if (names.isEmpty()) {
            return List.of();
        }
        var attributes = new ArrayList<Attribute>();
        for (var name : names) {
            if (isKept(name)) {
                attributes.add(new Attribute(name, linux.attribute(file, name)));
            }
        }
        Collections.sort(attributes);
        return List.copyOf(attributes);
    }

    /** Of a name that can't be opened, such as a FIFO. */
    static List<Attribute> of(Syscalls linux, Fd folder, Bytes file) {
        try {
            var attributes = new ArrayList<Attribute>();
            for (var name : linux.attributes(folder, file)) {
                if (isKept(name)) {
                    attributes.add(new Attribute(name, linux.attribute(folder, file, name)));
                }
            }
            Collections.sort(attributes);
            return List.copyOf(attributes);
        } catch (LinuxException e) {
            return List.of(); // no /proc here, or the file went: what such files carry is at most an ACL
        }
    }
}
