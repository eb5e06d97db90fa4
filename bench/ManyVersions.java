import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.chunk.ChunkId;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.snapshot.Content;

/** Puts many committed versions into a store that is a folder: ManyVersions STORE BUCKET VERSIONS FILES. */
final class ManyVersions {
    private ManyVersions() {}

    public static void main(String[] arguments) throws Exception {
        var store = Path.of(arguments[0]);
        var bucket = new BucketName(arguments[1]);
        var versions = Integer.parseInt(arguments[2]);
        var files = Integer.parseInt(arguments[3]);
        var system = Actor.system();
        // No lease is renewed, and nothing is synced: this is about listing, not about writing
        var actor = new Actor(system.writer(), system.clock(), system.random(), (period, task) -> () -> {});
        var objects = new MemoryObjectStore();
        var catalog = new Catalog(objects, new AccountName("local"), Optional.empty(), actor);
        for (var i = 0; i < versions; i++) {
            var file = new FileName("f%04d".formatted(i % files));
            try (var pending = catalog.begin(bucket, file, "Step: train (end)", Map.of("step", "train"))) {
                pending.commit(new Version(
                        pending.url(),
                        system.clock().instant(),
                        pending.title(),
                        "",
                        Map.of("step", "train", "phase", "after", "state", "final"),
                        Map.of("environment", "{\"KALE_PIPELINE_STEP\": \"train\"}"),
                        "%064x".formatted(i),
                        new Version.Size(1_000_000_000L + i, 1000 + i, 500 + i),
                        List.of(new Version.Member(
                                "workspace", "directory", "/home/jovyan", new Content(4, 0, new ChunkId(1, 2, 3, i)), 4, 1)),
                        Optional.empty(),
                        List.of()));
            }
        }
        try (var all = objects.list(new ObjectKey("catalog/"))) {
            for (var info : all.toList()) {
                var path = store.resolve(info.key().value());
                Files.createDirectories(path.getParent());
                var content = objects.read(info.key()).orElseThrow().content();
                var bytes = new byte[content.remaining()];
                content.get(bytes);
                Files.write(path, bytes);
            }
        }
    }
}
