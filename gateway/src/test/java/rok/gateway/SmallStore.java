package rok.gateway;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.Pending;
import rok.catalog.Version;
import rok.gc.DeleteForecast;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.FolderObjectStore;
import rok.repository.ChunkWriter;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.TreeWriter;

/** A real store in a folder, filled with whatever a test thinks up: also with what no volume would hold. */
final class SmallStore implements AutoCloseable {
    static final Instant MODIFIED = Instant.parse("2026-03-04T05:06:07.089Z");

    private final FolderObjectStore objects;
    private final Repository repository;
    final Catalog catalog;
    final Path runs;

    SmallStore(Path folder) {
        objects = new FolderObjectStore(folder.resolve("store"));
        repository = Repository.create(objects, folder.resolve("cache"));
        catalog = new Catalog(objects, new AccountName("local"), Optional.of(folder.resolve("cache")), Actor.system());
        runs = folder.resolve("runs");
    }

    Library library() {
        var forecast = new DeleteForecast(repository, new CatalogScan(objects, Actor.system()));
        return new Library(catalog, repository.reader(), forecast, runs, InstantSource.system());
    }

    /** A folder: names to {@code byte[]}, {@link String}, or another folder. */
    static Map<ByteString, Object> folder(Object... namesAndThings) {
        var folder = new TreeMap<ByteString, Object>();
        for (var i = 0; i < namesAndThings.length; i += 2) {
            var name = namesAndThings[i];
            folder.put(
                    name instanceof ByteString bytes ? bytes : ByteString.utf8((String) name), namesAndThings[i + 1]);
        }
        return folder;
    }

    /** A symbolic link. */
    record Link(String target) {}

    Pending begin(String bucket, String file, String title) {
        return catalog.begin(new BucketName(bucket), new FileName(file), title, Map.of());
    }

    Version add(String bucket, String file, String title, Map<ByteString, Object> workspace) {
        return add(bucket, file, title, Map.of(), Map.of(), Map.of("workspace", workspace), Optional.empty());
    }

    Version add(
            String bucket,
            String file,
            String title,
            Map<String, String> labels,
            Map<String, String> metadata,
            Map<String, Map<ByteString, Object>> members,
            Optional<Map<ByteString, Object>> attachments) {
        try (var pending = catalog.begin(new BucketName(bucket), new FileName(file), title, labels);
                var writer = repository.writer();
                var lane = writer.lane()) {
            var volumes = members.entrySet().stream()
                    .map(m -> new Version.Member(
                            m.getKey(), "directory", "/home/jovyan", tree(lane, m.getValue(), true), 1000, 3))
                    .toList();
            var attached = attachments.map(folder -> tree(lane, folder, true));
            flush(lane, writer);
            return pending.commit(new Version(
                    pending.url(),
                    Instant.now(),
                    title,
                    "",
                    labels,
                    metadata,
                    "00".repeat(32),
                    new Version.Size(1000, 100, 50),
                    volumes,
                    attached,
                    List.of()));
        }
    }

    private static void flush(ChunkWriter.Lane lane, ChunkWriter writer) {
        lane.close();
        var _ = writer.flush();
    }

    private static Content tree(ChunkWriter.Lane lane, Map<ByteString, Object> folder, boolean top) {
        var entries = folder.entrySet().stream()
                .map(e -> entry(lane, e.getKey(), e.getValue()))
                .toList();
        var tree = new TreeWriter(new ContentWriter(lane), top ? Optional.of(attributes(0755)) : Optional.empty());
        entries.forEach(tree::add);
        return tree.finish();
    }

    @SuppressWarnings("unchecked")
    private static Entry entry(ChunkWriter.Lane lane, ByteString name, Object thing) {
        return switch (thing) {
            case Map<?, ?> below ->
                new Entry.Folder(
                        name, attributes(0755), tree(lane, (Map<ByteString, Object>) below, false), below.size(), 0);
            case Link link -> new Entry.Symlink(name, attributes(0777), ByteString.utf8(link.target()));
            case byte[] bytes -> file(lane, name, bytes);
            case String text -> file(lane, name, text.getBytes(StandardCharsets.UTF_8));
            default -> throw new IllegalArgumentException("No entry: " + thing);
        };
    }

    private static Entry file(ChunkWriter.Lane lane, ByteString name, byte[] bytes) {
        var content = new ContentWriter(lane);
        content.write(bytes, 0, bytes.length);
        return new Entry.File(name, attributes(0644), content.finish(), ByteString.EMPTY);
    }

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 1000, 1000, MODIFIED, List.of());
    }

    @Override
    public void close() {
        objects.close();
    }
}
