package rok.pipeline;

import java.util.NavigableSet;
import java.util.TreeSet;

/** What a step loads and saves, as it is worked out. */
record StepNames(NavigableSet<String> loads, NavigableSet<String> saves, NavigableSet<String> parameters) {
    StepNames() {
        this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }
}
