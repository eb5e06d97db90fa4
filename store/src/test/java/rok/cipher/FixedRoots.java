package rok.cipher;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import rok.format.StoreException;

/** Roots of a seed. */
public final class FixedRoots implements DataRoots {
    private final Secret ids;
    private final List<Secret> roots = new ArrayList<>();

    public FixedRoots(long seed, int generations) {
        var random = new Random(seed);
        ids = Secret.random(random);
        for (var i = 0; i < generations; i++) {
            roots.add(Secret.random(random));
        }
    }

    /** As after a rotation. */
    public void rotate() {
        roots.add(Secret.random(new Random(roots.size())));
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
