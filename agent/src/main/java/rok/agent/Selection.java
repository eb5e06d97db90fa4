package rok.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.snapshot.ByteString;

/** Which paths below a folder are meant: all of them, or some and what is below those. */
final class Selection {
    static final Selection ALL = new Selection(true);

    private final Map<ByteString, Selection> some = new HashMap<>();
    private boolean all;

    private Selection(boolean all) {
        this.all = all;
    }

    /** No path at all means everything, and so does an empty one. */
    static Selection of(List<ByteString> paths) {
        if (paths.isEmpty()) {
            return ALL;
        }
        var top = new Selection(false);
        for (var path : paths) {
            var at = top;
            for (var name : VersionFiles.split(path)) {
                at = at.some.computeIfAbsent(name, _ -> new Selection(false));
            }
            at.all = true;
        }
        return top;
    }

    boolean isAll() {
        return all;
    }

    /** What is meant below an entry; empty where the entry is not meant at all. */
    Optional<Selection> below(ByteString name) {
        return all ? Optional.of(ALL) : Optional.ofNullable(some.get(name));
    }

    boolean contains(ByteString path) {
        var at = Optional.of(this);
        for (var name : VersionFiles.split(path)) {
            at = at.flatMap(selection -> selection.below(name));
        }
        return at.isPresent() && at.get().all;
    }
}
