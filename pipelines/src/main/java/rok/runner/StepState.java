package rok.runner;

import java.util.Locale;

/** Where a step stands. The run as a whole uses the same words, but for WAITING and SKIPPED. */
public enum StepState {
    WAITING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    /** A step that it depends on failed. */
    SKIPPED,
    CANCELLED;

    public boolean isOver() {
        return this != WAITING && this != RUNNING;
    }

    /** As it stands in documents and labels. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
