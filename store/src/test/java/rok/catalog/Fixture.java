package rok.catalog;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import rok.chunk.ChunkId;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.object.ObjectStore;
import rok.snapshot.Content;

/** Processes as a test plays them: each with its own identity, a clock that the test turns, and a timer that it rings. */
final class Fixture {
    static final AccountName LOCAL = new AccountName("local");
    static final BucketName BUCKET = new BucketName("bucket");
    static final FileName FILE = new FileName("file");
    static final Writer ME = Writer.self(new Random(1));

    private long made;
    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    final List<Runnable> ticking = new ArrayList<>();

    /** A process of another machine, of whose life nothing is known here. */
    static Writer elsewhere(String host) {
        return new Writer(host, "", "boot-" + host, "", 7, 8, "nonce-" + host);
    }

    /** A process of this machine that has ended. */
    static Writer dead() {
        return new Writer(ME.host(), ME.machine(), ME.boot(), ME.namespace(), ME.pid(), ME.processStart() - 1, "dead");
    }

    Catalog catalog(ObjectStore objects, Writer writer, Optional<Path> cache) {
        var actor = new Actor(writer, () -> now, new Random(made++), (period, task) -> {
            ticking.add(task);
            return () -> ticking.remove(task);
        });
        return new Catalog(objects, LOCAL, cache, actor);
    }

    Catalog catalog(ObjectStore objects) {
        return catalog(objects, ME, Optional.empty());
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    Version version(RokUrl url, String title, String... members) {
        var list = new ArrayList<Version.Member>();
        for (var name : members.length == 0 ? new String[] {"work"} : members) {
            list.add(new Version.Member(
                    name, "directory", "/home/jovyan", new Content(4, 0, new ChunkId(1, 2, 3, 4)), 4, 1));
        }
        return new Version(
                url,
                now,
                title,
                "why not",
                Map.of("k", "v"),
                Map.of("environment", "{}"),
                "00ff",
                new Version.Size(4, 3, 2),
                list,
                Optional.empty(),
                List.of());
    }

    Version commit(Catalog catalog, BucketName bucket, FileName file, String title, String... members) {
        try (var pending = catalog.begin(bucket, file, title, Map.of())) {
            return pending.commit(version(pending.url(), title, members));
        }
    }

    Version commit(Catalog catalog, String title) {
        return commit(catalog, BUCKET, FILE, title);
    }
}
