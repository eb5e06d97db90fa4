package rok.volume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;

/** The patterns of a {@code .rokignore}, and those of the folders above it, which it overrules. */
final class IgnoreRules {
    static final Bytes FILE_NAME = Bytes.of(".rokignore");
    static final int FILE_BYTES_MAX = 1 << 20;

    private final @Nullable IgnoreRules outer;
    private final int pathStart;
    private final List<IgnorePattern> patterns;

    /** @param folder that the file is in, below the top of the volume */
    IgnoreRules(@Nullable IgnoreRules outer, Bytes folder, byte[] file) {
        this.outer = outer;
        this.pathStart = folder.isEmpty() ? 0 : folder.length() + 1;
        this.patterns = parse(file);
    }

    /** Whether a file or folder of that path is left out. That of a folder left out is not asked: nobody goes there. */
    boolean ignores(Bytes path, boolean isFolder) {
        var bytes = path.toArray();
        var name = bytes.length;
        while (name > 0 && bytes[name - 1] != '/') {
            name--;
        }
        for (@Nullable IgnoreRules rules = this; rules != null; rules = rules.outer) {
            for (var i = rules.patterns.size() - 1; i >= 0; i--) {
                var pattern = rules.patterns.get(i);
                if (pattern.matches(bytes, rules.pathStart, name, bytes.length, isFolder)) {
                    return !pattern.isNegated();
                }
            }
        }
        return false;
    }

    private static List<IgnorePattern> parse(byte[] file) {
        var patterns = new ArrayList<IgnorePattern>();
        var hasMark = file.length >= 3 && file[0] == (byte) 0xEF && file[1] == (byte) 0xBB && file[2] == (byte) 0xBF;
        for (int start = hasMark ? 3 : 0, at = start; at <= file.length; at++) {
            if (at == file.length || file[at] == '\n') {
                var end = at > start && file[at - 1] == '\r' ? at - 1 : at;
                end = withoutSpaces(file, start, end);
                if (end > start && file[start] != '#') {
                    patterns.add(new IgnorePattern(Arrays.copyOfRange(file, start, end)));
                }
                start = at + 1;
            }
        }
        return List.copyOf(patterns);
    }

    /** Spaces at the end do not count, unless a backslash stands before them. */
    private static int withoutSpaces(byte[] file, int start, int end) {
        var spaces = -1;
        for (var i = start; i < end; i++) {
            if (file[i] == ' ') {
                spaces = spaces < 0 ? i : spaces;
            } else {
                spaces = -1;
                i += file[i] == '\\' ? 1 : 0;
            }
        }
        return spaces < 0 ? end : spaces;
    }
}
