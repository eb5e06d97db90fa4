import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.Pause;
import rok.catalog.Version;
import rok.check.Check;
import rok.check.CheckOptions;
import rok.check.TimeBox;
import rok.check.Watch;
import rok.chunk.ChunkId;
import rok.format.Checksum;
import rok.gc.Collector;
import rok.gc.GcReport;
import rok.index.SessionIndex;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.FolderObjectStore;
import rok.object.LocalObjects;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.repository.ChunkWriter;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentBuilder;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.TreeWriter;
import rok.snapshot.VersionHash;

/**
 * A repository of many chunks without their data, and what is done to it: ManyChunks PHASE STORE CACHE CHUNKS. Trees, lists,
 * version records and index segments are the product's own; packs of data are files of the right length with a footer and no
 * records. Prints what it took as {@code key=value}.
 */
final class ManyChunks {
    private static final int VERSIONS = 200;
    private static final int RECENT = 3;
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int FOLDER_FILES = 200;
    private static final int SEGMENT_ENTRIES = 1 << 20;
    private static final int PACK_BYTES_MAX = 16 << 20;
    /** With more, packs have no footers, which would take as much room again as the index. */
    private static final long FOOTERS_CHUNKS_MAX = 10_000_000;

    private static final int LOOK_UPS = 2_000_000;
    /** How the names of the packs end that hold data, so that their reads can be counted. */
    private static final long DATA_MARK = 0xda7ada;
    private static final Attributes PLAIN = new Attributes(0644, 1000, 1000, Instant.EPOCH, List.of());
    private static final BucketName BUCKET = new BucketName("many");

    private final Path folder;
    private final Counting objects;
    private final Path cache;
    private final long chunks;
    private final SplittableRandom random = new SplittableRandom(20_26);

    private ManyChunks(Path folder, Path cache, long chunks) {
        this.folder = folder;
        this.objects = new Counting(new FolderObjectStore(folder));
        this.cache = cache;
        this.chunks = chunks;
    }

    public static void main(String[] arguments) throws Exception {
        var many = new ManyChunks(Path.of(arguments[1]), Path.of(arguments[2]), Long.parseLong(arguments[3]));
        var meter = new Meter();
        var start = System.nanoTime();
        var figures =
                switch (arguments[0]) {
                    case "make" -> many.make();
                    case "look-ups" -> many.lookUps();
                    case "list" -> many.list();
                    case "plan" -> told(many.collector().plan());
                    case "delete" -> many.delete();
                    case "collect", "again" -> told(many.collector().collect(Duration.ZERO));
                    case "check" -> many.check();
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        System.out.printf(
                "seconds=%.2f heap_mib=%d anonymous_mib=%d %s %s%n",
                (System.nanoTime() - start) / 1e9, meter.heapMib(), meter.anonymousMib(), many.objects, figures);
    }

    /** The n-th chunk's id, evenly spread as hashes are. */
    private static ChunkId id(long n) {
        var words = new SplittableRandom(n * 0x9e3779b97f4a7c15L + 1);
        return new ChunkId(words.nextLong(), words.nextLong(), words.nextLong(), words.nextLong());
    }

    /** Half of the chunks are in files that all versions have, the others came with one version and stay for two more. */
    private String make() throws Exception {
        var repository = Repository.create(objects, cache);
        var data = new DataPacks();
        var files = 0L;
        Content shared;
        try (var writer = repository.writer()) {
            var written = new Folders(writer, data).write(chunks / 2);
            files += written.files;
            shared = written.root;
            writer.flush();
        }
        data.seal();
        var own = new ArrayList<Content>();
        var catalog = catalog();
        for (var i = 0; i < VERSIONS; i++) {
            try (var pending = catalog.begin(BUCKET, new FileName("f%04d".formatted(i)), "", Map.of());
                    var writer = repository.writer()) {
                var last = i + 1 == VERSIONS;
                var written = new Folders(writer, data).write(last ? chunks - data.count : chunks / 2 / VERSIONS);
                files += written.files;
                // As every writer does, it begins packs of its own
                data.seal();
                own.add(written.root);
                var root = top(writer, shared, own);
                writer.flush();
                if (last) {
                    data.list();
                }
                commit(pending, root);
            }
        }
        return "files=%d packs=%d bytes=%d".formatted(files, data.packs, data.bytes);
    }

    private static void commit(rok.catalog.Pending pending, Content root) {
        var hash = new VersionHash();
        hash.add("workspace", root);
        pending.commit(new Version(
                pending.url(),
                Instant.EPOCH,
                "",
                "",
                Map.of(),
                Map.of(),
                hash.hex(),
                new Version.Size(1, 1, 1),
                List.of(new Version.Member("workspace", "directory", "/", root, 1, 1)),
                Optional.empty(),
                List.of()));
    }

    private Content top(ChunkWriter writer, Content shared, List<Content> own) {
        try (var lane = writer.lane()) {
            var tree = new TreeWriter(new ContentWriter(lane), Optional.of(PLAIN));
            tree.add(new Entry.Folder(ByteString.utf8("all"), PLAIN, shared, 1, 1));
            for (var i = Math.max(0, own.size() - RECENT); i < own.size(); i++) {
                tree.add(new Entry.Folder(ByteString.utf8("own%04d".formatted(i)), PLAIN, own.get(i), 1, 1));
            }
            return tree.finish();
        }
    }

    /** A folder of folders of files, which together have so many chunks. */
    private final class Folders {
        private final ChunkWriter writer;
        private final DataPacks data;

        Folders(ChunkWriter writer, DataPacks data) {
            this.writer = writer;
            this.data = data;
        }

        record Written(Content root, long files) {}

        Written write(long count) throws Exception {
            try (var lane = writer.lane()) {
                var end = data.count + count;
                var files = 0L;
                var top = new TreeWriter(new ContentWriter(lane), Optional.empty());
                for (var i = 0; data.count < end; i++) {
                    var tree = new TreeWriter(new ContentWriter(lane), Optional.empty());
                    for (var file = 0; file < FOLDER_FILES && data.count < end; file++, files++) {
                        var name = ByteString.utf8("file%04d".formatted(file));
                        tree.add(new Entry.File(name, PLAIN, file(lane, end), ByteString.EMPTY));
                    }
                    top.add(new Entry.Folder(ByteString.utf8("d%06d".formatted(i)), PLAIN, tree.finish(), 1, 1));
                }
                return new Written(top.finish(), files);
            }
        }

        private Content file(ChunkWriter.Lane lane, long end) throws Exception {
            var content = new ContentBuilder(lane);
            for (var left = Math.min(fileChunks(), end - data.count); left > 0; left--) {
                data.add(content);
            }
            return content.finish();
        }

        /** Most files are small, most chunks are in large ones. */
        private long fileChunks() {
            var kind = random.nextInt(100);
            return kind < 70 ? 1 : kind < 92 ? random.nextInt(2, 20) : kind < 98 ? random.nextInt(20, 200) : random.nextInt(200, 4000);
        }
    }

    /** Packs whose records are holes, and the segments that list them. */
    private final class DataPacks {
        private final byte[] footer = new byte[PACK_BYTES_MAX / 64];
        private final List<PackEntry> entries = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();
        private SessionIndex session = new SessionIndex();
        private int length = 8;
        private long count;
        private long packs;
        private long bytes;

        void add(ContentBuilder content) throws Exception {
            var plain = random.nextInt(16 << 10, 84 << 10);
            var record = plain + 12;
            if (length + record + (entries.size() + 1) * PackEntry.BYTES + 20 > PACK_BYTES_MAX) {
                seal();
            }
            var id = id(count++);
            session.claim(id);
            entries.add(new PackEntry(id, length, record, plain));
            length += record;
            content.chunk(id, plain);
        }

        void seal() throws Exception {
            if (entries.isEmpty()) {
                return;
            }
            var name = new PackName(random.nextLong(), random.nextLong() & ~0xffffffL | DATA_MARK);
            var tail = ByteBuffer.wrap(footer);
            for (var entry : entries) {
                entry.id().write(tail);
                tail.putInt(entry.offset()).putInt(entry.length()).putInt(entry.plainLength());
            }
            var all = length + tail.position() + 20;
            tail.putInt(entries.size()).putInt(all);
            tail.putInt(Checksum.of(footer, 0, tail.position())).putLong(0x524f4b50454e4401L);
            var file = folder.resolve(name.key().value());
            Files.createDirectories(file.getParent());
            try (var out = new RandomAccessFile(file.toFile(), "rw")) {
                if (chunks <= FOOTERS_CHUNKS_MAX) {
                    out.writeLong(0x524f4b5041434b01L);
                    out.seek(length);
                    out.write(footer, 0, tail.position());
                }
                out.setLength(all);
            }
            places.add(session.place(name, entries));
            packs++;
            bytes += all;
            entries.clear();
            length = 8;
            if (session.size() >= SEGMENT_ENTRIES - PACK_BYTES_MAX / (16 << 10)) {
                list();
            }
        }

        void list() {
            places.forEach(session::setDurable);
            places.clear();
            var segment = session.listable().segment(List.of(), ByteBuffer::allocate);
            var name = new PackName(random.nextLong(), random.nextLong());
            objects.put(new ObjectKey("index/0/" + name), segment, new ObjectStore.Condition.IfAbsent());
            session = new SessionIndex();
        }
    }

    private String lookUps() {
        var repository = Repository.open(objects, cache);
        var reader = repository.reader();
        reader.locate(id(0));
        var begin = System.nanoTime();
        for (var i = 0; i < LOOK_UPS; i++) {
            // What was never deleted
            reader.locate(id(random.nextLong(chunks / 2)));
        }
        var middle = System.nanoTime();
        try (var writer = repository.writer()) {
            var there = 0;
            for (var i = 0; i < LOOK_UPS; i++) {
                there += writer.has(id(chunks + i)) ? 1 : 0;
            }
            var end = System.nanoTime();
            return "found_per_second=%.0f missed_per_second=%.0f wrong=%d"
                    .formatted(LOOK_UPS * 1e9 / (middle - begin), LOOK_UPS * 1e9 / (end - middle), there);
        }
    }

    private String list() {
        return "files=%d".formatted(catalog().files(BUCKET).items().size());
    }

    /** Every version of the last tenth. */
    private String delete() {
        var catalog = catalog();
        for (var i = VERSIONS * 9 / 10; i < VERSIONS; i++) {
            for (var version : catalog.versions(BUCKET, new FileName("f%04d".formatted(i))).items()) {
                catalog.delete(version.url());
            }
        }
        return "";
    }

    private Collector collector() {
        return new Collector(
                Repository.open(objects, cache), new CatalogScan(objects, Actor.system()), Pause.real(), THREADS);
    }

    private static String told(GcReport report) {
        return "outcome=%s versions=%d chunks=%d packs=%d dead=%d sparse=%d freed_gib=%d"
                .formatted(
                        report.outcome(),
                        report.versions(),
                        report.chunks(),
                        report.found().count(),
                        report.dead().count(),
                        report.sparse().count(),
                        report.freedBytes() >> 30);
    }

    private String check() {
        var options = new CheckOptions(
                0, TimeBox.of(System::nanoTime, Optional.empty()), 2, Actor.system(), (_, _, _) -> {});
        var report = new Check(Repository.open(objects, cache), options).run();
        return "good=%s".formatted(report.isGood());
    }

    private Catalog catalog() {
        var system = Actor.system();
        // No lease is renewed
        var actor = new Actor(system.writer(), system.clock(), system.random(), (_, _) -> () -> {});
        return new Catalog(objects, new AccountName("local"), Optional.of(cache), actor);
    }

    /** The most that this process had, looked at ten times a second. */
    private static final class Meter {
        private volatile long heap;
        private volatile long anonymous;

        Meter() {
            var thread = new Thread(() -> {
                while (true) {
                    look();
                    try {
                        Thread.sleep(100);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void look() {
            heap = Math.max(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted());
            try (var lines = Files.lines(Path.of("/proc/self/status"))) {
                var now = lines.filter(line -> line.startsWith("RssAnon:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst();
                anonymous = Math.max(anonymous, now.orElse(0));
            } catch (java.io.IOException e) {
                // Not on this system
            }
        }

        long heapMib() {
            look();
            return heap >> 20;
        }

        long anonymousMib() {
            return anonymous >> 10;
        }
    }

    /** Counts requests, and reads of packs of data. */
    private static final class Counting implements ObjectStore, LocalObjects {
        private final FolderObjectStore behind;
        private final AtomicLong requests = new AtomicLong();
        private final AtomicLong reads = new AtomicLong();
        private final Set<ObjectKey> dataRead = ConcurrentHashMap.newKeySet();
        private final AtomicLong dataReads = new AtomicLong();
        private final AtomicLong deadReads = new AtomicLong();
        private final AtomicLong puts = new AtomicLong();
        private final AtomicLong deletes = new AtomicLong();

        Counting(FolderObjectStore behind) {
            this.behind = behind;
        }

        private <T> T counted(ObjectKey key, AtomicLong counter, Supplier<T> request) {
            requests.incrementAndGet();
            counter.incrementAndGet();
            if (counter == reads && key.value().endsWith("da7ada")) {
                dataReads.incrementAndGet();
                dataRead.add(key);
            }
            if (counter == deletes && dataRead.contains(key)) {
                deadReads.incrementAndGet();
            }
            return request.get();
        }

        @Override
        public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
            return counted(key, puts, () -> behind.put(key, content, condition));
        }

        @Override
        public void get(ObjectKey key, long offset, ByteBuffer into) {
            counted(key, reads, () -> {
                behind.get(key, offset, into);
                return key;
            });
        }

        @Override
        public Optional<Stored> read(ObjectKey key) {
            return counted(key, reads, () -> behind.read(key));
        }

        @Override
        public Optional<ObjectInfo> stat(ObjectKey key) {
            return counted(key, requests, () -> behind.stat(key));
        }

        @Override
        public Stream<ObjectInfo> list(ObjectKey prefix) {
            requests.incrementAndGet();
            return behind.list(prefix);
        }

        @Override
        public Stream<ObjectKey> children(ObjectKey prefix) {
            requests.incrementAndGet();
            return behind.children(prefix);
        }

        @Override
        public boolean isEmpty() {
            return behind.isEmpty();
        }

        @Override
        public void delete(ObjectKey key) {
            counted(key, deletes, () -> {
                behind.delete(key);
                return key;
            });
        }

        @Override
        public ByteBuffer map(ObjectKey key) {
            return counted(key, reads, () -> behind.map(key));
        }

        @Override
        public void settle(ObjectKey folder) {
            behind.settle(folder);
        }

        @Override
        public void close() {
            behind.close();
        }

        @Override
        public String toString() {
            return "requests=%d reads=%d data_reads=%d dead_reads=%d puts=%d deletes=%d"
                    .formatted(
                            requests.get(),
                            reads.get(),
                            dataReads.get(),
                            deadReads.get(),
                            puts.get(),
                            deletes.get());
        }
    }
}
