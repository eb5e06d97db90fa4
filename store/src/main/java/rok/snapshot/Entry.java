package rok.snapshot;

/** One name in a folder. Its constructor checks it, so whoever joins a path from entries stays below where he began. */
public sealed interface Entry {
    int NAME_BYTES_MAX = 255;
    int TARGET_BYTES_MAX = 4096;
    int PATH_BYTES_MAX = 65_535;

    ByteString name();

    Attributes attributes();

    /**
     * @param files below the folder, counting each name
     * @param bytes below the folder, counting a file once
     */
    record Folder(ByteString name, Attributes attributes, Content tree, long files, long bytes) implements Entry {
        public Folder {
            checkName(name);
            if (files < 0 || bytes < 0) {
                throw new IllegalArgumentException("A folder can't hold %d files of %d bytes".formatted(files, bytes));
            }
        }
    }

    /**
     * @param first where this is a further name of a file that the volume has already named: the path of that first
     *     name from the volume's top folder; else empty
     */
    record File(ByteString name, Attributes attributes, Content content, ByteString first) implements Entry {
        public File {
            checkName(name);
            checkPath(first);
        }
    }

    record Symlink(ByteString name, Attributes attributes, ByteString target) implements Entry {
        public Symlink {
            checkName(name);
            if (target.isEmpty() || target.length() > TARGET_BYTES_MAX || contains(target, 0)) {
                throw new IllegalArgumentException("A link can't point to " + target);
            }
        }
    }

    record Fifo(ByteString name, Attributes attributes) implements Entry {
        public Fifo {
            checkName(name);
        }
    }

    /** Throws {@link IllegalArgumentException} unless {@code name} is a single step down. */
    static void checkName(ByteString name) {
        var length = name.length();
        if (length == 0 || length > NAME_BYTES_MAX || contains(name, '/') || contains(name, 0) || isDots(name)) {
            throw new IllegalArgumentException("An entry can't be named \"%s\"".formatted(name));
        }
    }

    private static void checkPath(ByteString path) {
        if (path.length() > PATH_BYTES_MAX) {
            throw new IllegalArgumentException("A path can't have %d bytes".formatted(path.length()));
        }
        var start = 0;
        var bytes = path.toArray();
        for (var i = 0; i <= bytes.length && bytes.length > 0; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                checkName(ByteString.of(bytes, start, i - start));
                start = i + 1;
            }
        }
    }

    private static boolean isDots(ByteString name) {
        return name.at(0) == '.' && (name.length() == 1 || (name.length() == 2 && name.at(1) == '.'));
    }

    private static boolean contains(ByteString bytes, int value) {
        for (var i = 0; i < bytes.length(); i++) {
            if (bytes.at(i) == value) {
                return true;
            }
        }
        return false;
    }
}
