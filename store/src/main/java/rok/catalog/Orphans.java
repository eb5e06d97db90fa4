package rok.catalog;

import java.time.Duration;
import rok.catalog.VersionRecord.Aborted;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.object.ObjectStore.Stored;

/** Versions whose writer is gone: who is one, and what becomes of it (docs/protocol.md). */
final class Orphans {
    /** How long a record of what did not finish can be looked at. */
    static final Duration ABORTED_KEPT = Duration.ofDays(1);

    /** A note comes a moment before its record: one that has no record is left alone for so long. */
    private static final Duration NOTE_MIN = Duration.ofHours(1);

    private final ObjectStore objects;
    private final Layout layout;
    private final Actor actor;
    private final Journal journal;

    Orphans(ObjectStore objects, Layout layout, Actor actor, Journal journal) {
        this.objects = objects;
        this.layout = layout;
        this.actor = actor;
        this.journal = journal;
    }

    boolean isOrphan(VersionRecord.Pending record) {
        return isOrphan(record, actor);
    }

    static boolean isOrphan(VersionRecord.Pending record, Actor actor) {
        return switch (actor.writer().lifeOf(record.begin().writer())) {
            case ALIVE -> false;
            case GONE -> true;
            case UNKNOWN -> record.leaseUntil().isBefore(actor.clock().instant());
        };
    }

    static String reason(VersionRecord.Pending record) {
        var writer = record.begin().writer();
        return "its writer, process %d on %s, ended before it finished".formatted(writer.pid(), writer.host());
    }

    /** Gives the version up; false when it changed meanwhile, so that its writer lives or somebody was faster. */
    boolean fence(VersionRecord.Pending record, Stored stored) {
        var aborted = new Aborted(record.begin(), actor.clock().instant(), reason(record));
        var key = layout.version(record.url());
        return objects.put(key, layout.bytes(key, aborted), new Condition.IfMatches(stored.tag()))
                instanceof PutResult.Done;
    }

    /** Looks at what the journal notes. Answers how many versions were given up. */
    int sweep() {
        var fenced = 0;
        for (var note : journal.due(actor.clock().instant(), ABORTED_KEPT)) {
            try {
                fenced += look(note) ? 1 : 0;
            } catch (StoreException.Corrupt | StoreException.Incompatible _) {
                // Listings name it; a note does not help
                journal.remove(note);
            } catch (StoreException _) {
                // A store that can't be written or reached now: the next command sweeps. This one may only want to read
                return fenced;
            }
        }
        return fenced;
    }

    private boolean look(Journal.Note note) {
        var key = layout.version(note.url());
        var stored = objects.read(key);
        if (stored.isEmpty()) {
            if (note.aborted().isPresent()
                    || note.written().plus(NOTE_MIN).isBefore(actor.clock().instant())) {
                journal.remove(note);
            }
            return false;
        }
        switch (layout.record(key, stored.get().content(), note.url())) {
            case VersionRecord.Committed _ -> journal.remove(note);
            case Aborted aborted -> {
                if (aborted.ended().plus(ABORTED_KEPT).isBefore(actor.clock().instant())) {
                    objects.delete(key);
                    journal.remove(note);
                } else {
                    journal.aborted(note.url(), aborted.ended());
                }
            }
            case VersionRecord.Pending pending -> {
                return isOrphan(pending) && fenceNoted(pending, stored.get(), note.url());
            }
        }
        return false;
    }

    private boolean fenceNoted(VersionRecord.Pending pending, Stored stored, RokUrl url) {
        if (!fence(pending, stored)) {
            return false;
        }
        journal.aborted(url, actor.clock().instant());
        return true;
    }
}
