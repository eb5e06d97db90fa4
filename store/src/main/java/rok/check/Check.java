package rok.check;

import rok.repository.Repository;

/**
 * Proves a repository, beside whoever writes to it or collects: every index segment, every pack's footer, every record, and every tree,
 * list and chunk that committed versions reach; and reads as many of the packs' bytes as was asked for. Memory is half a
 * byte for each entry of the index, 40 bytes for each pack, and what is said of {@link Damage} and {@link TreeWalk}; and a
 * pack for each thread where data is read.
 */
public final class Check {
    private final Repository repository;
    private final CheckOptions options;

    public Check(Repository repository, CheckOptions options) {
        this.repository = repository;
        this.options = options;
    }

    /** Changes nothing in the store. */
    public CheckReport run() {
        return look().report();
    }

    /** The same with all that was found out. */
    Round look() {
        return new Round(repository.anatomy(), options).structure().data();
    }
}
