package rok.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import rok.cipher.DataKeys;
import rok.cipher.DataRoots;
import rok.cipher.Secret;
import rok.cipher.Share;
import rok.format.StoreException;

/** Keys that follow from a seed, as do all salts and nonces: for what must be the same each time. */
public final class SeededRoots implements DataRoots {
    private final Secret ids;
    private final List<Secret> roots = new ArrayList<>();

    private SeededRoots(Random random, int generations) {
        ids = Secret.random(random);
        for (var i = 0; i < generations; i++) {
            roots.add(Secret.random(random));
        }
    }

    /** Of an account that has keys of its own. */
    public static DataKeys keys(long seed, int generations, String account) {
        var random = new Random(seed);
        return new DataKeys(new SeededRoots(random, generations), Share.ACCOUNT, account, random);
    }

    @Override
    public Secret ids() {
        return ids;
    }

    @Override
    public int newest() {
        return roots.size();
    }

    @Override
    public Secret root(int generation) {
        if (generation < 1 || generation > roots.size()) {
            throw new StoreException.Corrupt("There is no generation " + generation);
        }
        return roots.get(generation - 1);
    }
}
