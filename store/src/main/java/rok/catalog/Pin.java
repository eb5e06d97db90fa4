package rok.catalog;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import rok.format.Json;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.snapshot.Content;

/**
 * Keeps what a version refers to from being collected while somebody reads it, also when the version is deleted
 * meanwhile (docs/protocol.md). Renewed in the background until it is closed.
 */
public final class Pin implements AutoCloseable {
    private static final int TRIES_MAX = 3;

    private final ObjectStore objects;
    private final Layout layout;
    private final ObjectKey key;
    private final Actor actor;
    private final RokUrl url;
    private final List<Content> roots;
    private final Ticker.Ticking renewing;
    private boolean isOver;
    private long renewals;

    private Pin(ObjectStore objects, Layout layout, ObjectKey key, Actor actor, Version version) {
        this.objects = objects;
        this.layout = layout;
        this.key = key;
        this.actor = actor;
        this.url = version.url();
        this.roots = roots(version);
        for (var tries = 0; tries < TRIES_MAX && !isOver && !put(); tries++) {
            // An answer may get lost. A full disk does not answer either, and can be read from without a pin
        }
        this.renewing = isOver ? () -> {} : actor.ticker().every(Pending.RENEWAL, this::renew);
    }

    /**
     * Pins a version that was just read. Where nothing may be written nothing can be pinned, and the answer is one that does
     * nothing. The version may have gone before it was pinned: look once more.
     */
    static Pin of(ObjectStore objects, Layout layout, Actor actor, Version version) {
        var name = HexFormat.of().toHexDigits(actor.random().nextLong());
        return new Pin(objects, layout, CatalogKeys.pin(layout.version(version.url()), name), actor, version);
    }

    /** What a version refers to: trees, each of them. */
    static List<Content> roots(Version version) {
        return Stream.concat(version.members().stream().map(Version.Member::root), version.attachments().stream())
                .toList();
    }

    private synchronized void renew() {
        if (!isOver) {
            renewals++;
            put();
        }
    }

    /** Nobody else writes it, and gc only deletes it: no condition is needed. False where there was no answer. */
    private boolean put() {
        var held = new Held(url, roots, actor.writer(), actor.clock().instant().plus(Pending.LEASE), renewals);
        try {
            objects.put(key, layout.bytes(key, held), new Condition.Always());
            return true;
        } catch (StoreException.Denied _) {
            isOver = true;
            return false;
        } catch (StoreException.Unavailable _) {
            return false;
        }
    }

    @Override
    public synchronized void close() {
        renewing.close();
        if (!isOver) {
            isOver = true;
            try {
                objects.delete(key);
            } catch (StoreException _) {
                // Its lease runs out, and gc removes it
                return;
            }
        }
    }

    /**
     * A pin as it lies in the store.
     *
     * @param roots the trees that it keeps
     */
    record Held(RokUrl url, List<Content> roots, Writer writer, Instant leaseUntil, long renewals) {
        private static final String KIND = "pin";

        Held {
            roots = List.copyOf(roots);
        }

        byte[] encode() {
            return Json.seal(JsonValue.object()
                    .put("kind", KIND)
                    .put("format", 1)
                    .put("url", url.toString())
                    .put("writer", RecordCodec.writer(writer))
                    .put("lease_until", leaseUntil.toString())
                    .put("renewals", renewals)
                    .put("roots", RecordCodec.contents(roots))
                    .end());
        }

        /**
         * The pin at {@code key}, which must be one of {@code url}. Throws {@link StoreException.Corrupt} and {@link
         * StoreException.Incompatible}.
         */
        static Held decode(ByteBuffer bytes, ObjectKey key, RokUrl url) {
            var what = "Pin " + key;
            var fields = RecordCodec.open(bytes, KIND, what);
            try {
                var said = RokUrl.parse(fields.string("url"));
                if (!said.equals(url)) {
                    throw new StoreException.Corrupt("%s is corrupt: it is one of %s".formatted(what, said));
                }
                return new Held(
                        said,
                        RecordCodec.contents(fields, "roots"),
                        RecordCodec.writer(fields.fields("writer")),
                        Instant.parse(fields.string("lease_until")),
                        fields.integer("renewals"));
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new StoreException.Corrupt("%s is corrupt: %s".formatted(what, e.getMessage()), e);
            }
        }
    }
}
