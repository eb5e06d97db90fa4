package rok.pool;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is written down of a volume. */
record VolumeRecord(String id, String name, FileSystem fileSystem, long size) {
    static final String KIND = "rok-volume";

    /** Disks are whole pages long. */
    static final int PAGE = 4096;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern FILE = Pattern.compile("(" + NAME + ")\\.([0-9a-f]{32})");

    /** What the name of a record tells, also where the record is damaged. */
    record FileName(String name, String id) {
        static Optional<FileName> of(String text) {
            var matcher = FILE.matcher(text);
            return matcher.matches() ? Optional.of(new FileName(matcher.group(1), matcher.group(2))) : Optional.empty();
        }
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new PoolException(
                    "A volume can't be called \"%s\": 1 to 63 letters a-z, digits and hyphens, the first no hyphen"
                            .formatted(name));
        }
    }

    static void checkSize(String name, long size) {
        if (size <= 0 || size % PAGE != 0) {
            throw new PoolException("Volume %s can't have %d bytes: the size is a multiple of %d, and not 0"
                    .formatted(name, size, PAGE));
        }
    }

    static VolumeRecord read(PoolFiles files, PoolLayout layout, FileName fileName) {
        var document = Document.read(files, layout.record(fileName.name, fileName.id), KIND);
        return new VolumeRecord(
                fileName.id, fileName.name, FileSystem.of(document.text("file-system")), document.number("size"));
    }

    void write(PoolFiles files, PoolLayout layout) {
        var values = new LinkedHashMap<String, String>();
        values.put("id", id);
        values.put("name", name);
        values.put("file-system", fileSystem.toString());
        values.put("size", Long.toString(size));
        Document.write(files, file(layout), KIND, values);
    }

    Path file(PoolLayout layout) {
        return layout.record(name, id);
    }

    VolumeRecord withSize(long newSize) {
        return new VolumeRecord(id, name, fileSystem, newSize);
    }
}
