package rok.check;

import java.util.ArrayList;
import java.util.List;

/** A finding while what it hurts is still being found out. */
final class Draft {
    private final Finding.Kind kind;
    private final String object;
    private final String problem;
    private final List<Hurt> hurts = new ArrayList<>();
    private long more;

    Draft(Finding.Kind kind, String object, String problem) {
        this.kind = kind;
        this.object = object;
        this.problem = problem;
    }

    Draft hurt(Hurt hurt) {
        hurts.add(hurt);
        return this;
    }

    void addAll(List<Hurt> found, long notKept) {
        hurts.addAll(found);
        more += notKept;
    }

    Finding finish() {
        return new Finding(
                kind,
                object,
                problem,
                hurts.stream().distinct().sorted(Hurt.ORDER).toList(),
                more);
    }
}
