package rok.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.FolderObjectStore;
import rok.object.ObjectStore;
import rok.repository.Repository;
import rok.snapshot.ByteString;
import rok.volume.Existing;

/** A real store in a folder, with all that a session works with. */
final class TestStore implements AutoCloseable {
    final Path folder;
    final Path cache;
    final ObjectStore objects;
    final Repository repository;
    final Catalog catalog;
    final StatCaches caches;
    final Snapshotter snapshotter;

    TestStore(Path folder) {
        this(folder, StoreKind.OPEN, "user");
    }

    TestStore(Path folder, StoreKind kind, String account) {
        this.folder = folder.resolve("store");
        this.cache = folder.resolve("cache");
        this.objects = new FolderObjectStore(this.folder);
        this.repository = kind.create(objects, cache).of(account);
        this.catalog = new Catalog(
                objects, new AccountName(account), Optional.of(cache), Actor.system(), repository.dataKeys());
        this.caches = new StatCaches(cache, repository);
        this.snapshotter = new Snapshotter(repository, catalog, caches, InstantSource.system());
    }

    Version snapshot(Path... folders) {
        return snapshotter.snapshot(request(folders), Progress.NONE);
    }

    static SnapshotRequest request(Path... folders) {
        return new SnapshotRequest(
                new BucketName("tests"),
                new FileName("file"),
                "",
                "",
                Map.of(),
                Map.of(),
                Stream.of(folders)
                        .map(f -> new SnapshotRequest.Volume(f.getFileName().toString(), f, ""))
                        .toList(),
                Optional.empty());
    }

    Restorer.Outcome restore(Version version, Path target, String... paths) {
        return restore(version, target, Existing.REFUSE, paths);
    }

    Restorer.Outcome restore(Version version, Path target, Existing existing, String... paths) {
        return new Restorer(repository.reader(), catalog, caches)
                .restore(
                        version,
                        version.members(),
                        target,
                        Stream.of(paths).map(ByteString::utf8).toList(),
                        existing,
                        Progress.NONE);
    }

    @Override
    public void close() {
        objects.close();
    }

    /** What is in a folder, seen by another program than ours. */
    static String dump(Path folder) throws IOException, InterruptedException {
        return python("dump.py", folder.toString());
    }

    static String python(String script, String... arguments) throws IOException, InterruptedException {
        var file = Files.createTempFile("rok-test", ".py");
        try (var source = TestStore.class.getResourceAsStream(script)) {
            if (source == null) {
                throw new IllegalStateException("No script " + script);
            }
            Files.write(file, source.readAllBytes());
            var command = new ArrayList<>(List.of("python3", file.toString()));
            command.addAll(List.of(arguments));
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + output);
            }
            return output;
        } finally {
            Files.delete(file);
        }
    }
}
