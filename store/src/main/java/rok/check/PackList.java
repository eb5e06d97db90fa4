package rok.check;

import java.util.Arrays;
import java.util.function.Consumer;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.ObjectInfo;
import rok.pack.PackName;
import rok.pack.PackReader;

/** The packs that a store lists, in the order of their names: 32 bytes each, whatever they hold. */
final class PackList {
    private long[] high = new long[1024];
    private long[] low = new long[1024];
    private long[] size = new long[1024];
    private int count;

    private PackList() {}

    /** @param foreign is told the keys below {@code packs/} that are no pack's */
    static PackList of(ObjectStore store, Consumer<ObjectKey> foreign) {
        var list = new PackList();
        try (var objects = store.list(PackName.PREFIX)) {
            for (var object : (Iterable<ObjectInfo>) objects::iterator) {
                list.add(object, foreign);
            }
        }
        return list;
    }

    private void add(ObjectInfo object, Consumer<ObjectKey> foreign) {
        try {
            var name = PackReader.name(object.key());
            if (count == high.length) {
                high = Arrays.copyOf(high, 2 * count);
                low = Arrays.copyOf(low, 2 * count);
                size = Arrays.copyOf(size, 2 * count);
            }
            high[count] = name.high();
            low[count] = name.low();
            size[count] = object.size();
            count++;
        } catch (StoreException.Corrupt _) {
            foreign.accept(object.key());
        }
    }

    int count() {
        return count;
    }

    PackName name(int pack) {
        return new PackName(high[pack], low[pack]);
    }

    /** In bytes, as listed. */
    long size(int pack) {
        return size[pack];
    }

    long totalBytes() {
        return Arrays.stream(size, 0, count).sum();
    }

    /** The pack's number, below 0 where it was not listed. */
    int find(PackName name) {
        var from = 0;
        var to = count;
        while (from < to) {
            var middle = (from + to) >>> 1;
            var order = Long.compareUnsigned(high[middle], name.high());
            order = order != 0 ? order : Long.compareUnsigned(low[middle], name.low());
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return -1;
    }
}
