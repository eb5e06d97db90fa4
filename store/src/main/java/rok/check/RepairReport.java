package rok.check;

import java.util.List;

/**
 * What a repair came to.
 *
 * @param found what was damaged
 * @param actions what was done about it, or would be, in order
 * @param lost what stayed damaged, with what that hurts
 * @param healed nothing that versions need is lost
 */
public record RepairReport(CheckReport found, List<Action> actions, List<Finding> lost, boolean healed) {
    public RepairReport {
        actions = List.copyOf(actions);
        lost = List.copyOf(lost);
    }

    /**
     * Something that was done.
     *
     * @param done a verb in the past tense
     * @param object its key, or what stands for several
     * @param text more about it; may be empty
     */
    public record Action(String done, String object, String text) {}
}
