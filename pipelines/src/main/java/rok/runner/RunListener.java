package rok.runner;

import java.util.Map;
import rok.names.RokUrl;

/** Hears what happens in a run, as it happens. Calls come from several threads, one at a time for one step. */
public interface RunListener {
    /** The run has its names; nothing has happened yet. */
    default void started(RunNames names) {}

    /** Something that is no step began, such as {@code snapshot} or {@code create-volume-1}. */
    default void phase(String name) {}

    /** A version was taken; {@code step} is empty for the run's first and last. */
    default void snapshot(String step, String phase, RokUrl url, double seconds) {}

    default void stepStarted(String step) {}

    /** How a step sees its volumes: {@code private} at their mount points, or {@code plain} with the reason. */
    default void mounts(String step, String mode, String reason, Map<String, String> places) {}

    /** A cell of the step begins: the {@code index}-th from 0 of {@code cells}; {@code cell} is 0 for one that Rok adds. */
    default void cell(String step, int index, int cells, int cell) {}

    /** Text that a step printed; {@code stream} is {@code stdout}, {@code stderr} or {@code result}. */
    default void text(String step, String stream, String text) {}

    default void metric(String step, String name, Object value) {}

    default void warning(String step, String message) {}

    default void failed(String step, int cell, String message, String traceback) {}

    default void stepFinished(String step, StepState state, double seconds) {}
}
