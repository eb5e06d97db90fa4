package rok.catalog;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rok.catalog.VersionRecord.Aborted;
import rok.catalog.VersionRecord.Begin;
import rok.catalog.VersionRecord.Committed;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.ETag;
import rok.object.ObjectStore.PutResult;
import rok.object.ObjectStore.Stored;
import rok.snapshot.Content;

/**
 * A version that is being written, and the writer's hold on it: renewed in the background until it is committed,
 * aborted, or closed, which aborts. Safe for use by many threads.
 */
public final class Pending implements AutoCloseable {
    static final Duration LEASE = Duration.ofSeconds(60);
    static final Duration RENEWAL = Duration.ofSeconds(10);
    private static final int TRIES_MAX = 4;

    private final ObjectStore objects;
    private final Layout layout;
    private final ObjectKey key;
    private final Begin begin;
    private final Actor actor;
    private final Journal journal;
    private final Ticker.Ticking renewing;
    private ETag tag;
    private final List<Content> keeps = new ArrayList<>();
    private long renewals;
    private boolean ended;
    private volatile Progress progress = Progress.NONE;
    private volatile @Nullable FencedException fenced;

    private Pending(
            ObjectStore objects, Layout layout, ObjectKey key, Begin begin, Actor actor, Journal journal, ETag tag) {
        this.objects = objects;
        this.layout = layout;
        this.key = key;
        this.begin = begin;
        this.actor = actor;
        this.journal = journal;
        this.tag = tag;
        this.renewing = actor.ticker().every(RENEWAL, this::renew);
    }

    /** Writes the PENDING record of a version that is new. */
    static Pending create(ObjectStore objects, Layout layout, Begin begin, Actor actor, Journal journal) {
        var key = layout.version(begin.url());
        var record = new VersionRecord.Pending(begin, actor.clock().instant().plus(LEASE), 0, Progress.NONE, List.of());
        var bytes = layout.bytes(key, record);
        journal.note(begin.url());
        ETag tag;
        try {
            tag = switch (objects.put(key, bytes, new Condition.IfAbsent())) {
                case PutResult.Done done -> done.tag();
                case PutResult.ConditionFailed _ ->
                    throw new IllegalStateException("Version %s exists: its id was drawn twice".formatted(begin.url()));
            };
        } catch (StoreException.Unavailable e) {
            // Perhaps it happened, and only the answer was lost
            tag = objects.read(key)
                    .filter(stored -> holds(stored, bytes))
                    .map(Stored::tag)
                    .orElseThrow(() -> e);
        }
        return new Pending(objects, layout, key, begin, actor, journal, tag);
    }

    /** Where the version will be found. */
    public RokUrl url() {
        return begin.url();
    }

    public String title() {
        return begin.title();
    }

    public Map<String, String> labels() {
        return begin.labels();
    }

    /** Tells others how far the writer has come, with the next renewal. Costs nothing. */
    public void progress(Progress now) {
        progress = now;
    }

    /** Throws {@link FencedException} once somebody has taken the version away: there is no use in going on. */
    public void check() {
        var lost = fenced;
        if (lost != null) {
            throw lost;
        }
    }

    /**
     * Makes the version what everybody sees from now on. Everything that it refers to must be durable. Its URL must be
     * this one's; its title and labels may differ from those it was begun with.
     */
    public synchronized Version commit(Version version) {
        if (!version.url().equals(begin.url())) {
            throw new IllegalArgumentException("This is %s, not %s".formatted(begin.url(), version.url()));
        }
        if (ended) {
            throw new IllegalStateException("Version %s has ended already".formatted(begin.url()));
        }
        VersionContents.check(version);
        check();
        var described = new Begin(
                begin.url(), begin.started(), begin.writer(), begin.epoch(), version.title(), version.labels());
        replace(new Committed(described, version));
        end();
        journal.forget(begin.url());
        return version;
    }

    /** Gives the version up, and says why. Of a version that has ended, nothing. */
    public synchronized void abort(String reason) {
        if (ended) {
            return;
        }
        end();
        try {
            replace(new Aborted(begin, actor.clock().instant(), reason));
        } catch (FencedException _) {
            // Somebody else has given it up already
        }
        journal.aborted(begin.url(), actor.clock().instant());
    }

    /** Aborts the version unless it has been committed. */
    @Override
    public void close() {
        abort("its writer did not finish");
    }

    private void end() {
        ended = true;
        renewing.close();
    }

    /** Says that the writer lives. A store that does not answer is asked again at the next turn. */
    synchronized void renew() {
        if (ended || fenced != null) {
            return;
        }
        try {
            rewrite();
        } catch (FencedException e) {
            fenced = e;
            renewing.close();
        } catch (StoreException.Unavailable _) {
            // The lease is longer than several renewals
        }
    }

    private void rewrite() {
        renewals++;
        replace(new VersionRecord.Pending(begin, actor.clock().instant().plus(LEASE), renewals, progress, keeps));
    }

    /**
     * Has gc keep all that an earlier version refers to while this one is pending, so that it may refer to parts of it
     * without looking at them; false when that version is deleted already. Throws {@link FencedException}.
     */
    public synchronized boolean keep(Version earlier) {
        if (ended) {
            throw new IllegalStateException("Version %s has ended already".formatted(begin.url()));
        }
        keeps.addAll(Pin.roots(earlier));
        rewrite();
        // Only now: had it gone before, gc may not have seen either of the two
        return objects.stat(layout.version(earlier.url())).isPresent();
    }

    /** Puts the next record where the last one of our own is, or finds that it is ours no more. */
    private void replace(VersionRecord next) {
        var bytes = layout.bytes(key, next);
        for (var attempt = 0; attempt < TRIES_MAX; attempt++) {
            try {
                if (objects.put(key, bytes, new Condition.IfMatches(tag)) instanceof PutResult.Done done) {
                    tag = done.tag();
                    return;
                }
            } catch (StoreException.Unavailable e) {
                var stored = objects.read(key);
                if (stored.isPresent() && holds(stored.get(), bytes)) {
                    tag = stored.get().tag();
                    return;
                }
                throw e;
            }
            var stored = objects.read(key);
            if (stored.isEmpty()) {
                throw lost("was deleted");
            }
            tag = stored.get().tag();
            if (holds(stored.get(), bytes)) {
                return;
            }
            requireOurs(stored.get());
        }
        throw lost("was changed again and again by others");
    }

    /** A record that we wrote earlier, and whose tag we never learnt, may be replaced; nothing else may. */
    private void requireOurs(Stored stored) {
        switch (layout.record(key, stored.content(), begin.url())) {
            case VersionRecord.Pending pending when pending.begin().writer().equals(begin.writer()) -> {}
            case Aborted aborted -> throw lost("was given up at %s: %s".formatted(aborted.ended(), aborted.reason()));
            case VersionRecord other -> throw lost("is " + other.state().text() + " by another writer");
        }
    }

    private FencedException lost(String how) {
        return new FencedException(
                "Version %s %s, before this process committed it. Nothing else was lost: start again."
                        .formatted(begin.url(), how));
    }

    private static boolean holds(Stored stored, ByteBuffer bytes) {
        return stored.content().equals(bytes);
    }
}
