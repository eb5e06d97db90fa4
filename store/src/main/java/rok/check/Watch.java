package rok.check;

/** Is told how far the work has come, from several threads; may throw to end it. */
@FunctionalInterface
public interface Watch {
    Watch NONE = (_, _, _) -> {};

    /**
     * Work went on.
     *
     * @param what is being done, in users' words
     * @param total 0 where nobody knows
     */
    void at(String what, long done, long total);
}
