package rok.volume;

import java.util.Optional;
import rok.linux.Bytes;

/**
 * A walk is a flat sequence: {@code Enter} the top, then for each name in the order of bytes either {@code Found}, or
 * {@code Enter} … {@code Leave} of a folder, and at last {@code Leave} the top.
 */
public sealed interface WalkEvent {
    record Enter(Folder folder) implements WalkEvent {}

    record Found(Entry entry) implements WalkEvent {}

    /**
     * @param known what the stat cache holds for this folder, when the folder has the same entries as then and nothing in
     *     or below it changed: what was made of its contents need not be made again
     * @param sameStat also mode, owner, times and attributes of the folder itself are as then
     */
    record Leave(Folder folder, Optional<Bytes> known, boolean sameStat) implements WalkEvent {}
}
