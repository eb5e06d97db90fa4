package rok.agent;

import java.util.ArrayList;
import java.util.List;
import rok.volume.Warning;

/** The first warnings of a flow, and how many more there were. Safe for use by several threads. */
final class WarningList {
    static final int KEPT_MAX = 100;

    private final List<String> kept = new ArrayList<>();
    private long more;

    void add(String prefix, Warning warning) {
        add(prefix.isEmpty() ? warning.toString() : prefix + ": " + warning);
    }

    synchronized void add(String warning) {
        if (kept.size() < KEPT_MAX) {
            kept.add(warning);
        } else {
            more++;
        }
    }

    synchronized boolean isEmpty() {
        return kept.isEmpty();
    }

    synchronized List<String> toList() {
        var all = new ArrayList<>(kept);
        if (more > 0) {
            all.add("and %,d more".formatted(more));
        }
        return List.copyOf(all);
    }
}
