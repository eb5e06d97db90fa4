package rok.api;

/**
 * What became of a path between two versions: an item of {@code diff}.
 *
 * @param change {@code added}, {@code removed}, {@code content} (other bytes, target or kind) or {@code metadata}
 * @param type as in {@link EntryItem}, of the newer one where there is one
 * @param before size in bytes, 0 where there was none; {@code after} likewise
 */
public record ChangeItem(String change, String path, String type, long before, long after) {}
