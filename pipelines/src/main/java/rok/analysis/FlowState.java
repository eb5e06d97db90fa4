package rok.analysis;

import java.util.HashSet;
import java.util.Set;

/** Which names have a value at one point of a program. */
final class FlowState {
    private final Set<String> sure;
    private final Set<String> maybe;
    private final Set<String> gone;
    private boolean reachable;

    FlowState() {
        this(Set.of(), Set.of(), Set.of(), true);
    }

    private FlowState(Set<String> sure, Set<String> maybe, Set<String> gone, boolean reachable) {
        this.sure = new HashSet<>(sure);
        this.maybe = new HashSet<>(maybe);
        this.gone = new HashSet<>(gone);
        this.reachable = reachable;
    }

    FlowState copy() {
        return new FlowState(sure, maybe, gone, reachable);
    }

    boolean isReachable() {
        return reachable;
    }

    /** Nothing after this point runs. */
    void end() {
        reachable = false;
    }

    void bind(String name) {
        sure.add(name);
        maybe.add(name);
        gone.remove(name);
    }

    void mayBind(String name) {
        maybe.add(name);
        gone.remove(name);
    }

    void unbind(String name) {
        sure.remove(name);
        maybe.remove(name);
        gone.add(name);
    }

    boolean isSure(String name) {
        return sure.contains(name);
    }

    Set<String> sure() {
        return sure;
    }

    Set<String> maybe() {
        return maybe;
    }

    Set<String> gone() {
        return gone;
    }

    /** Where two ways meet. */
    static FlowState join(FlowState a, FlowState b) {
        if (!a.reachable) {
            return b.copy();
        }
        if (!b.reachable) {
            return a.copy();
        }
        var joined = a.copy();
        joined.sure.retainAll(b.sure);
        joined.maybe.addAll(b.maybe);
        joined.gone.retainAll(b.gone);
        return joined;
    }

    /** Somewhere between this point and {@code later}: what an exception handler finds. */
    FlowState until(FlowState later) {
        var between = copy();
        between.reachable = true;
        between.sure.removeAll(later.gone);
        between.maybe.addAll(later.maybe);
        between.gone.retainAll(later.gone);
        return between;
    }
}
