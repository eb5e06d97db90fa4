package rok.gc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import rok.pack.PackName;

/**
 * Which packs go: those that nothing refers to, and those that are worth emptying. A pack is when what is to be moved is
 * at most what is freed; small ones are joined when there are many of them.
 */
final class Plan {
    private static final long SMALL_BYTES = 1 << 20;
    private static final int SMALL_MIN = 64;

    private final Map<PackName, Long> packs;
    private final Map<PackName, Long> live;
    private final Set<PackName> dead = new HashSet<>();
    private final SortedSet<PackName> sparse = new TreeSet<>(PackName.ORDER);

    /**
     * @param packs the packs, and their size
     * @param live how many bytes of each are referred to
     */
    Plan(Map<PackName, Long> packs, Map<PackName, Long> live) {
        this.packs = packs;
        this.live = live;
        var small = new ArrayList<PackName>();
        packs.forEach((pack, size) -> {
            var used = live.getOrDefault(pack, 0L);
            if (used == 0) {
                dead.add(pack);
            } else if (used <= size / 2) {
                sparse.add(pack);
            } else if (size < SMALL_BYTES) {
                small.add(pack);
            }
        });
        if (small.size() >= SMALL_MIN) {
            sparse.addAll(small);
        }
    }

    private Plan(Map<PackName, Long> packs) {
        this.packs = packs;
        this.live = Map.of();
    }

    /** One by which no more is known than that these are dead. */
    static Plan dead(Map<PackName, Long> packs, Set<PackName> dead) {
        var plan = new Plan(packs);
        plan.dead.addAll(dead);
        return plan;
    }

    Map<PackName, Long> packs() {
        return packs;
    }

    Set<PackName> dead() {
        return dead;
    }

    /** In the order of their names. */
    SortedSet<PackName> sparse() {
        return sparse;
    }

    /** A pack turned out not to be readable: it stays. */
    void keep(PackName pack) {
        sparse.remove(pack);
    }

    /** Of those that were condemned only these go. */
    void rescueAllBut(Set<PackName> decided) {
        dead.retainAll(decided);
        sparse.retainAll(decided);
    }

    /** Dead or emptied. */
    Set<PackName> condemned() {
        var all = new HashSet<>(dead);
        all.addAll(sparse);
        return all;
    }

    long liveBytesOfSparse() {
        return sparse.stream().mapToLong(pack -> live.getOrDefault(pack, 0L)).sum();
    }

    /** How many bytes the store has less when all of it was done. */
    long freedBytes() {
        return sizes(dead).bytes() + sizes(sparse).bytes() - liveBytesOfSparse();
    }

    long garbageKept() {
        return packs.entrySet().stream()
                .filter(pack -> !dead.contains(pack.getKey()) && !sparse.contains(pack.getKey()))
                .mapToLong(pack -> Math.max(0, pack.getValue() - live.getOrDefault(pack.getKey(), 0L)))
                .sum();
    }

    GcReport.Packs sizes(Iterable<PackName> some) {
        var count = 0L;
        var bytes = 0L;
        for (var pack : some) {
            count++;
            bytes += packs.getOrDefault(pack, 0L);
        }
        return new GcReport.Packs(count, bytes);
    }
}
