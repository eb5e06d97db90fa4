package rok.index;

import java.util.List;
import rok.pack.PackName;

/**
 * Entries in the order of their chunk ids, each six big-endian 64-bit words: four of the id, then pack ordinal and
 * offset, then record length and plain length.
 */
interface EntrySource {
    int size();

    long word(int entry, int word);

    /** What the pack ordinals mean. */
    List<PackName> packs();
}
