package rok.check;

/** What a walk has been through, by numbers of the inventory: nothing below is a hit, so nobody need go there again. */
final class Walked {
    private final Bits trees;
    private final Bits lists;
    /** Chunks that some version refers to. */
    private final Bits needed;

    Walked(long entries) {
        trees = new Bits(entries);
        lists = new Bits(entries);
        needed = new Bits(entries);
    }

    Bits trees() {
        return trees;
    }

    /** Apart from {@link #trees}: somebody may store a tree's bytes as a file. */
    Bits lists() {
        return lists;
    }

    Bits needed() {
        return needed;
    }
}
