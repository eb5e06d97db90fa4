package rok.analysis;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What some cells, run one after the other, do with global names. Functions count by their bodies: a name that is read
 * only there is needed where the function is mentioned.
 *
 * @param mentions every global name that occurs, read or bound, inside functions too
 * @param needs names that may be read before the cells have surely bound them, and where first
 * @param binds names that may have a value from these cells at their end
 * @param surelyBinds those that have one whatever way the cells took
 * @param deletes names that the cells delete and do not bind again
 * @param changes names whose value is evidently changed in place: an item or attribute is assigned, a method that changes
 *     its object is called
 * @param carries for what the cells bind: global names that must be there for it to work, as a function's free names
 * @param starImport whether a star import may bind more
 */
public record Names(
        Set<String> mentions,
        Map<String, Place> needs,
        Set<String> binds,
        Set<String> surelyBinds,
        Set<String> deletes,
        Set<String> changes,
        Map<String, Set<String>> carries,
        boolean starImport) {

    /** Where something stands: in which of the cells, from 0, and on which of its lines, from 1. */
    public record Place(int cell, int line) {}

    /**
     * Analyses cells that run one after the other.
     *
     * @param known what names from elsewhere carry, as in {@link #carries}
     */
    public static Names of(List<PythonCode> cells, Map<String, Set<String>> known) {
        return new NameFlow(cells, known).names();
    }
}
