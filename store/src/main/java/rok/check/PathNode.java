package rok.check;

import org.jspecify.annotations.Nullable;
import rok.snapshot.ByteString;

/** A folder on the way down, so that paths are spelt out only where one is told. */
record PathNode(@Nullable PathNode parent, ByteString name) {
    static final PathNode TOP = new PathNode(null, ByteString.EMPTY);

    PathNode child(ByteString child) {
        return new PathNode(this, child);
    }

    /** How deep below the top folder. */
    int depth() {
        var depth = 0;
        for (var at = parent; at != null; at = at.parent) {
            depth++;
        }
        return depth;
    }

    private void append(StringBuilder out) {
        if (parent != null) {
            parent.append(out);
            out.append(name).append('/');
        }
    }

    /** Ends in a slash; a slash alone for the top. */
    String folder() {
        var out = new StringBuilder();
        append(out);
        return out.isEmpty() ? "/" : out.toString();
    }

    String file(ByteString file) {
        var out = new StringBuilder();
        append(out);
        return out.append(file).toString();
    }
}
