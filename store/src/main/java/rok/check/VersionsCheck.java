package rok.check;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import rok.catalog.Actor;
import rok.catalog.Records;
import rok.catalog.Records.Item;
import rok.catalog.VersionRecord;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.parallel.Parallel;
import rok.repository.Anatomy;
import rok.repository.ChunkReader;
import rok.snapshot.VersionHash;

/** Goes through every record of the catalogue, and through all that committed versions reach. */
final class VersionsCheck {
    private final Anatomy anatomy;
    private final Records records;
    private final Inventory inventory;
    private final Damage damage;
    private final Actor actor;
    private final Watch watch;
    private final Walked walked;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong committed = new AtomicLong();
    private final List<ObjectKey> damagedKeys = new ArrayList<>();

    VersionsCheck(Anatomy anatomy, Inventory inventory, Damage damage, Actor actor, Watch watch) {
        this.anatomy = anatomy;
        this.records = new Records(anatomy.store(), anatomy.storeKeys());
        this.inventory = inventory;
        this.damage = damage;
        this.actor = actor;
        this.watch = watch;
        this.walked = new Walked(inventory.entries());
    }

    /** False where time ran out. */
    boolean run(int threads, TimeBox box) {
        var readers = new Readers(anatomy, inventory);
        try (var items = records.all()) {
            return Parallel.run(
                    threads,
                    new WithBuckets(records, items.iterator()),
                    box::isOver,
                    () -> item -> check(item, readers));
        }
    }

    long committed() {
        return committed.get();
    }

    long records() {
        return done.get();
    }

    Walked walked() {
        return walked;
    }

    /** Records that can't be read. */
    synchronized List<ObjectKey> damagedKeys() {
        return List.copyOf(damagedKeys);
    }

    private void check(Item item, Readers readers) {
        switch (item) {
            case Item.OfVersion version -> version(version, readers);
            case Item.OfPin pin -> pin(pin);
            case Item.OfBucket bucket -> bucket(bucket);
            case Item.Foreign foreign -> {
                remember(foreign.key());
                damage.add(
                        Finding.Kind.of(foreign.kind()),
                        foreign.key().value(),
                        foreign.kind() == Records.Kind.BUCKET
                                ? foreign.problem()
                                : "%s. While it is there, nothing is collected".formatted(foreign.problem()));
            }
            case Item.Other(var key) -> damage.note(key.value(), "is nothing of the catalogue's, and left alone");
        }
        watch.at("versions", done.incrementAndGet(), 0);
    }

    private void version(Item.OfVersion item, Readers readers) {
        try {
            switch (records.read(item).orElse(null)) {
                case VersionRecord.Committed record -> {
                    committed.incrementAndGet();
                    checkHash(item, record);
                    walk(item, record, readers.of(item.url()));
                }
                case VersionRecord.Pending pending -> {
                    if (Records.isAbandoned(pending, actor)) {
                        damage.note(
                                item.key().value(),
                                "is of a version whose writer is gone; the next command gives it up");
                    }
                }
                case VersionRecord.Aborted _ -> {}
                case null -> {}
            }
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            remember(item.key());
            damage.add(Finding.Kind.VERSION, item.key().value(), String.valueOf(e.getMessage()))
                    .hurt(Hurt.version(item.url()));
        }
    }

    private void walk(Item.OfVersion item, VersionRecord.Committed record, ChunkReader reader) {
        // All that it refers to was listed before its record was put
        inventory.lookAgain();
        var seeker =
                new DamageSeeker(anatomy, anatomy.scope(item.url().account().value()), reader, inventory, damage);
        new TreeWalk(reader, inventory, walked, seeker, item.url()).version(record);
        if (seeker.hasFound() && records.read(item).isEmpty()) {
            damage.forget(item.url());
        }
    }

    private void pin(Item.OfPin item) {
        try {
            records.prove(item);
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            remember(item.key());
            damage.add(
                    Finding.Kind.PIN,
                    item.key().value(),
                    "%s. While it is there, nothing is collected".formatted(e.getMessage()));
        }
    }

    private void checkHash(Item.OfVersion item, VersionRecord.Committed record) {
        var hash = new VersionHash();
        record.version().members().forEach(member -> hash.add(member.name(), member.root()));
        if (!hash.hex().equals(record.version().hash())) {
            damage.add(
                            Finding.Kind.VERSION,
                            item.key().value(),
                            "Its hash is %s, that of its members %s"
                                    .formatted(record.version().hash(), hash.hex()))
                    .hurt(Hurt.version(item.url()));
        }
    }

    private void bucket(Item.OfBucket item) {
        try {
            var there = records.read(item);
            if (there.isEmpty() && hasVersions(item)) {
                damage.add(
                        Finding.Kind.BUCKET,
                        item.key().value(),
                        "It is not there: the bucket %s has lost its description".formatted(item.bucket()));
            }
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            remember(item.key());
            damage.add(Finding.Kind.BUCKET, item.key().value(), String.valueOf(e.getMessage()));
        }
    }

    /** A bucket's record is put before its first version's, and nobody deletes it. */
    private boolean hasVersions(Item.OfBucket item) {
        var key = item.key().value();
        try (var below = anatomy.store().children(new ObjectKey(key.substring(0, key.lastIndexOf('/') + 1)))) {
            return below.findAny().isPresent();
        }
    }

    private synchronized void remember(ObjectKey key) {
        damagedKeys.add(key);
    }
}
