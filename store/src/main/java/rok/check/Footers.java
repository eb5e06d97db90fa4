package rok.check;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import rok.format.StoreException;
import rok.pack.PackReader;
import rok.parallel.Parallel;
import rok.repository.Anatomy;

/** Reads the footer of every pack, and compares it with what the index says of the pack. */
final class Footers {
    private final Anatomy anatomy;
    private final Inventory inventory;
    private final Damage damage;
    private final Watch watch;
    private final AtomicLong done = new AtomicLong();

    Footers(Anatomy anatomy, Inventory inventory, Damage damage, Watch watch) {
        this.anatomy = anatomy;
        this.inventory = inventory;
        this.damage = damage;
        this.watch = watch;
    }

    /** False where time ran out. */
    boolean run(int threads, TimeBox box) {
        var packs = IntStream.range(0, inventory.packs().count()).iterator();
        return Parallel.run(threads, packs, box::isOver, () -> this::read);
    }

    long done() {
        return done.get();
    }

    private void read(int pack) {
        var name = inventory.packs().name(pack);
        try {
            var listed = 0;
            var entries =
                    PackReader.entries(anatomy.store(), name, inventory.packs().size(pack));
            for (var entry : entries) {
                listed += inventory.confirm(name, entry) ? 1 : 0;
            }
            if (listed == 0) {
                damage.note(
                        name.key().value(),
                        "is listed by no index segment: a writer is at work, or was killed; it costs %,d bytes"
                                .formatted(inventory.packs().size(pack)));
            }
        } catch (StoreException.Missing _) {
            // Who misses it says so
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            damage.pack(name, String.valueOf(e.getMessage()));
        }
        watch.at("packs", done.incrementAndGet(), inventory.packs().count());
    }
}
