package rok.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Folders that a test is done with. */
final class TestFolders {
    private TestFolders() {}

    /** What is at each path: bytes as a digest, links, permissions and times. */
    static Map<String, String> contents(Path folder) throws Exception {
        var found = new TreeMap<String, String>();
        try (var all = Files.walk(folder)) {
            for (var path : all.toList()) {
                var attributes = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                var content = Files.isSymbolicLink(path)
                        ? "→ " + Files.readSymbolicLink(path)
                        : attributes.isDirectory()
                                ? "folder"
                                : HexFormat.of()
                                        .formatHex(MessageDigest.getInstance("SHA-256")
                                                .digest(Files.readAllBytes(path)));
                found.put(
                        folder.relativize(path).toString(),
                        content + " " + attributes.lastModifiedTime() + " "
                                + PosixFilePermissions.toString(attributes.permissions()));
            }
        }
        return found;
    }

    static void delete(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
