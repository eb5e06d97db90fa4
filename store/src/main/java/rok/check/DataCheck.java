package rok.check;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.parallel.Parallel;
import rok.repository.Anatomy;

/** Reads packs from end to end, those first that were read longest ago, and verifies every chunk in them. */
final class DataCheck {
    private final Anatomy anatomy;
    private final Inventory inventory;
    private final Damage damage;
    private final InstantSource clock;
    private final Watch watch;
    private final Verified verified;
    private final long[] times;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong packs = new AtomicLong();
    private long wanted;
    private Predicate<ChunkId> isNeeded = _ -> true;

    DataCheck(Anatomy anatomy, Inventory inventory, Damage damage, InstantSource clock, Watch watch) {
        this.anatomy = anatomy;
        this.inventory = inventory;
        this.damage = damage;
        this.clock = clock;
        this.watch = watch;
        this.verified = new Verified(anatomy.cache());
        this.times = verified.times(inventory.packs());
    }

    /**
     * False where time ran out. What was verified is kept in any case.
     *
     * @param percent of the packs' bytes, 0 to 100
     * @param needed chunks that versions need
     */
    boolean run(double percent, int threads, TimeBox box, Predicate<ChunkId> needed) {
        isNeeded = needed;
        var chosen = choose(percent);
        if (chosen.isEmpty()) {
            return true;
        }
        try {
            return Parallel.run(threads, chosen.iterator(), box::isOver, () -> {
                var reader = new OnePack();
                return reader::verify;
            });
        } finally {
            verified.keep(inventory.packs(), times);
        }
    }

    long bytes() {
        return bytes.get();
    }

    long packs() {
        return packs.get();
    }

    /** Bytes that were never verified, as far as this machine remembers. */
    long unverifiedBytes() {
        var sum = 0L;
        for (var pack = 0; pack < times.length; pack++) {
            sum += times[pack] == 0 ? inventory.packs().size(pack) : 0;
        }
        return sum;
    }

    /** The packs to read, in the order of their turn. Those whose footer is damaged have been looked at already. */
    private List<Integer> choose(double percent) {
        var list = inventory.packs();
        var order = new long[list.count()];
        for (var pack = 0; pack < order.length; pack++) {
            order[pack] = (Math.min(times[pack], Integer.MAX_VALUE) << 32) | pack;
        }
        Arrays.sort(order);
        var target = Math.ceil(list.totalBytes() * percent / 100);
        var damaged = damage.damagedPacks();
        var chosen = new ArrayList<Integer>();
        for (var key : order) {
            var pack = (int) key;
            if (wanted >= target) {
                break;
            }
            if (!damaged.contains(list.name(pack)) && list.size(pack) <= PackReader.PACK_BYTES_MAX) {
                chosen.add(pack);
                wanted += list.size(pack);
            }
        }
        return chosen;
    }

    /** One thread's buffers: the longest pack, and a chunk. */
    private final class OnePack {
        private final byte[] bytes = new byte[PackReader.PACK_BYTES_MAX];
        private final byte[] plain = new byte[Chunker.CHUNK_BYTES_MAX];
        private final RecordOpener opener = RecordOpener.of(anatomy);

        void verify(int pack) {
            var name = inventory.packs().name(pack);
            var size = (int) inventory.packs().size(pack);
            try {
                anatomy.store().get(name.key(), 0, ByteBuffer.wrap(bytes, 0, size));
                var whole = ByteBuffer.wrap(bytes, 0, size);
                var good = 0;
                var closed = new ArrayList<PackEntry>();
                var entries = PackReader.entries(name, whole);
                for (var entry : entries) {
                    good += isWhole(pack, entry, closed) ? 1 : 0;
                }
                if (!closed.isEmpty()) {
                    judge(name, closed, good > 0);
                }
                PackReader.checkHeader(name, whole);
                if (good == entries.size()) {
                    times[pack] = clock.instant().getEpochSecond();
                }
            } catch (StoreException.Missing _) {
                // Collected meanwhile: the next look at the index tells
            } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                damage.pack(name, String.valueOf(e.getMessage()));
            }
            packs.incrementAndGet();
            watch.at("data", DataCheck.this.bytes.addAndGet(size), wanted);
        }

        /**
         * A pack has chunks of one account. So those that nobody's keys open are none of a pack that is somebody's, and what a
         * version needs is somebody's too. All others may be of an account of which there is nothing else any more.
         */
        private void judge(PackName pack, List<PackEntry> closed, boolean isSomebodys) {
            if (!isSomebodys && closed.stream().map(PackEntry::id).noneMatch(isNeeded)) {
                damage.note(
                        pack.key().value(),
                        "holds nothing that opens with the keys of an account that has buckets here, and nothing that a version needs: the next collection removes it");
                return;
            }
            for (var entry : closed) {
                var where = PackReader.where(pack, entry.offset());
                deny(pack, entry, Problem.of("%s is corrupt: %s".formatted(where, RecordOpener.CLOSED)));
            }
        }

        private void deny(PackName pack, PackEntry entry, Problem problem) {
            damage.record(pack, entry.offset(), problem);
            inventory.deny(entry.id(), pack, entry.offset());
        }

        private boolean isWhole(int pack, PackEntry entry, List<PackEntry> closed) {
            var name = inventory.packs().name(pack);
            var where = PackReader.where(name, entry.offset());
            try {
                var length = opener.decode(entry.id(), bytes, entry.offset(), entry.length(), plain, where);
                if (length == entry.plainLength()) {
                    return true;
                }
                if (length == 0) {
                    closed.add(entry);
                    return false;
                }
                deny(
                        name,
                        entry,
                        Problem.of("%s has %d plain bytes, the footer says %d"
                                .formatted(where, length, entry.plainLength())));
            } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                deny(name, entry, Problem.of(e));
            }
            return false;
        }
    }
}
