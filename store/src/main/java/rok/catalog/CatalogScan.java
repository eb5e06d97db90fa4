package rok.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import rok.cipher.StoreKeys;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Stored;
import rok.snapshot.Content;

/** All records of all accounts, for who must know everything that is referred to: gc. */
public final class CatalogScan {
    private final ObjectStore objects;
    private final Actor actor;
    private final Layouts layouts;

    /** Of a store that is not encrypted. */
    public CatalogScan(ObjectStore objects, Actor actor) {
        this(objects, actor, Optional.empty());
    }

    /** @param keys of the store, where it is encrypted */
    public CatalogScan(ObjectStore objects, Actor actor, Optional<StoreKeys> keys) {
        this.objects = objects;
        this.actor = actor;
        this.layouts = new Layouts(keys);
    }

    /** What was found at a key of the catalogue. */
    public sealed interface Seen {
        ObjectKey key();

        /** Of the version; of a pin, the one that it keeps. */
        RokUrl url();

        /** Trees, each of which must stay with all that it refers to. */
        default List<Content> roots() {
            return List.of();
        }

        /** A committed version, or a pin that is alive. */
        record Kept(ObjectKey key, RokUrl url, List<Content> roots) implements Seen {}

        /** Somebody writes it, or was believed to; it may keep what earlier versions refer to. */
        record Written(ObjectKey key, VersionRecord.Pending record, Stored stored) implements Seen {
            @Override
            public RokUrl url() {
                return record.url();
            }

            @Override
            public List<Content> roots() {
                return record.keeps();
            }
        }

        /** An aborted version, or a pin that nobody renews any more. */
        record Ended(ObjectKey key, RokUrl url, Instant since) implements Seen {}
    }

    /**
     * Tells {@code sink} of each record and pin. Throws {@link StoreException.Corrupt} for one that is damaged: what it
     * refers to is not known.
     *
     * @param skips keys that need not be read
     */
    public void scan(Predicate<ObjectKey> skips, Consumer<Seen> sink) {
        try (var keys = objects.list(CatalogKeys.top()).map(ObjectStore.ObjectInfo::key)) {
            for (var key : (Iterable<ObjectKey>) keys::iterator) {
                if (!skips.test(key)) {
                    layouts.versionOf(key).ifPresent(url -> look(key, url, sink));
                }
            }
        }
    }

    /** Tells of one record or pin as it is now; of one that is gone, the pins of its version. */
    public void look(ObjectKey key, Consumer<Seen> sink) {
        look(
                key,
                layouts.versionOf(key).orElseThrow(() -> new IllegalArgumentException("There is no version at " + key)),
                sink);
    }

    private void look(ObjectKey key, RokUrl url, Consumer<Seen> sink) {
        var stored = objects.read(key);
        if (CatalogKeys.isPin(key)) {
            stored.ifPresent(found -> sink.accept(pin(key, url, found)));
            return;
        }
        if (stored.isEmpty()) {
            // Deleted since it was listed: who pinned it after that listing had looked at it just before
            pinsOf(key, url, sink);
            return;
        }
        sink.accept(
                switch (layouts.of(url.account()).record(key, stored.get().content(), url)) {
                    case VersionRecord.Committed committed -> new Seen.Kept(key, url, Pin.roots(committed.version()));
                    case VersionRecord.Pending pending -> new Seen.Written(key, pending, stored.get());
                    case VersionRecord.Aborted aborted -> new Seen.Ended(key, url, aborted.ended());
                });
    }

    private void pinsOf(ObjectKey version, RokUrl url, Consumer<Seen> sink) {
        try (var keys = objects.list(version).map(ObjectStore.ObjectInfo::key)) {
            for (var key : (Iterable<ObjectKey>) keys::iterator) {
                if (CatalogKeys.isPin(key)) {
                    objects.read(key).ifPresent(found -> sink.accept(pin(key, url, found)));
                }
            }
        }
    }

    private Seen pin(ObjectKey key, RokUrl url, Stored stored) {
        var held = layouts.of(url.account()).pin(key, stored.content(), url);
        return isOver(held.writer(), held.leaseUntil())
                ? new Seen.Ended(key, held.url(), held.leaseUntil())
                : new Seen.Kept(key, held.url(), held.roots());
    }

    /**
     * Gives the version up when its writer is gone, or did not renew its lease in time, wherever it runs; false when it
     * lives or somebody was faster: look again.
     */
    public boolean fence(Seen.Written written) {
        var record = written.record();
        var orphans = new Orphans(objects, layouts.of(record.url().account()), actor, new Journal(Optional.empty()));
        return isOver(record.begin().writer(), record.leaseUntil()) && orphans.fence(record, written.stored());
    }

    private boolean isOver(Writer writer, Instant leaseUntil) {
        return actor.writer().lifeOf(writer) == Writer.Life.GONE
                || leaseUntil.isBefore(actor.clock().instant());
    }

    /** Removes a pin that has ended, and the record of an aborted version that can't be of interest any more. */
    public void tidy(Seen.Ended ended) {
        var kept = CatalogKeys.isPin(ended.key()) ? Duration.ZERO : Orphans.ABORTED_KEPT;
        if (ended.since().plus(kept).isBefore(actor.clock().instant())) {
            objects.delete(ended.key());
        }
    }
}
