package rok.check;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import rok.catalog.Records;
import rok.catalog.Records.Item;

/** The items of a catalogue in the order of their keys, and for each bucket that lacks its record an item of that too. */
final class WithBuckets implements Iterator<Item> {
    private final Records records;
    private final Iterator<Item> items;
    private @Nullable Item ahead;
    private Item.@Nullable OfBucket current;
    private boolean hasRecord;

    WithBuckets(Records records, Iterator<Item> items) {
        this.records = records;
        this.items = items;
    }

    @Override
    public boolean hasNext() {
        return peek() != null || lacksRecord();
    }

    @Override
    public Item next() {
        var coming = peek();
        var last = current;
        if (last != null && lacksRecord() && (coming == null || !last.equals(bucketOf(coming)))) {
            hasRecord = true;
            return last;
        }
        if (coming == null) {
            throw new NoSuchElementException("The catalogue ends here");
        }
        ahead = null;
        var bucket = bucketOf(coming);
        if (bucket != null && !bucket.equals(current)) {
            current = bucket;
            hasRecord = false;
        }
        hasRecord |= coming instanceof Item.OfBucket;
        return coming;
    }

    private boolean lacksRecord() {
        return current != null && !hasRecord;
    }

    private @Nullable Item peek() {
        if (ahead == null && items.hasNext()) {
            ahead = items.next();
        }
        return ahead;
    }

    private Item.@Nullable OfBucket bucketOf(Item item) {
        return switch (item) {
            case Item.OfVersion version ->
                records.bucket(version.url().account(), version.url().bucket());
            case Item.OfPin pin -> records.bucket(pin.url().account(), pin.url().bucket());
            case Item.OfBucket bucket -> bucket;
            case Item.Foreign _, Item.Other _ -> current;
        };
    }
}
