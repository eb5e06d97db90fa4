package rok.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.object.FolderObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.repository.Repository;

/** One folder, several processes: races, and a process that is killed at any moment. */
class SeveralProcessesTest {
    private static final int CHUNKS = 400;

    @TempDir
    Path folder;

    @Test
    void racesBetweenProcessesHaveOneWinnerAndLoseNoStep() throws Exception {
        try (var store = new FolderObjectStore(folder.resolve("store"))) {
            store.put(new ObjectKey("counter"), ByteBuffer.wrap(new byte[] {0}), new Condition.IfAbsent());
        }
        var first = start("race", "1");
        var second = start("race", "2");
        var winners = new TreeSet<String>();
        var won = 0;
        for (var process : new Process[] {first, second}) {
            for (var line : process.inputReader().lines().toList()) {
                won++;
                winners.add(line);
            }
            assertThat(process.waitFor()).isZero();
        }
        assertThat(winners).hasSize(50);
        assertThat(won).isEqualTo(50);
        try (var store = new FolderObjectStore(folder.resolve("store"))) {
            var counter = store.read(new ObjectKey("counter")).orElseThrow().content();
            assertThat(counter.get(0)).isEqualTo((byte) 80);
        }
    }

    @Test
    void twoProcessesThatWriteTheSameStoreEachChunkTwiceAtMost() throws Exception {
        for (var round = 0; round < 10; round++) {
            var first = start("write", "" + round, "0");
            var second = start("write", "" + round, "0");
            assertThat(acknowledged(first)).containsExactly("flushed 0", "end");
            assertThat(acknowledged(second)).containsExactly("flushed 0", "end");
        }
        try (var store = new FolderObjectStore(folder.resolve("store"))) {
            var repository = Repository.open(store, folder.resolve("cache"));
            for (var round = 0; round < 10; round++) {
                assertHolds(repository, round, 0);
            }
            assertThat(entries(store)).isBetween(10L * CHUNKS, 20L * CHUNKS);
            assertThat(repository.stats().indexSegments()).isLessThan(20);
        }
    }

    @Test
    void aKilledWriterLeavesWhatItFlushedAndTheNextOneCleansUp() throws Exception {
        var random = new Random(11);
        for (var round = 0; round < 8; round++) {
            var process = start("write", "" + round, "1000");
            var lines = new ArrayList<String>();
            try (var out = process.inputReader()) {
                for (var i = random.nextInt(3); i >= 0; i--) {
                    read(out, lines);
                }
                Thread.sleep(random.nextInt(30));
                process.toHandle().destroyForcibly();
                process.waitFor();
                while (read(out, lines)) {
                    // What it said before it died counts.
                }
            }
            try (var store = new FolderObjectStore(folder.resolve("store"))) {
                var repository = Repository.open(store, folder.resolve("cache"));
                for (var line : lines) {
                    assertHolds(repository, round, Integer.parseInt(line.substring("flushed ".length())));
                }
                for (var key : packs(store)) {
                    assertThat(PackReader.verify(store, key, new ChunkCodec())).isEmpty();
                }
            }
        }
        try (var store = new FolderObjectStore(folder.resolve("store"))) {
            store.put(new ObjectKey("next"), ByteBuffer.allocate(1), new Condition.IfAbsent());
            try (var left = Files.list(folder.resolve("store/.store/tmp"))) {
                assertThat(left).hasSize(1);
            }
        }
    }

    /** What the other processes run. */
    public static void main(String[] arguments) throws IOException {
        var folder = Path.of(arguments[0]);
        try (var store = new FolderObjectStore(folder.resolve("store"))) {
            if (arguments[1].equals("race")) {
                race(store);
            } else {
                var repository = Repository.create(store, folder.resolve("cache"));
                try (var writer = repository.writer();
                        var lane = writer.lane()) {
                    for (var flush = 0; flush <= Integer.parseInt(arguments[3]); flush++) {
                        for (var i = 0; i < CHUNKS; i++) {
                            var chunk = chunk(Integer.parseInt(arguments[2]), flush, i);
                            lane.write(chunk, 0, chunk.length);
                        }
                        writer.flush();
                        System.out.println("flushed " + flush);
                    }
                }
                System.out.println("end");
            }
        }
    }

    private static void race(ObjectStore store) {
        for (var i = 0; i < 50; i++) {
            var key = new ObjectKey("race/" + i);
            if (store.put(key, ByteBuffer.allocate(100), new Condition.IfAbsent()) instanceof PutResult.Done) {
                System.out.println(key);
            }
        }
        var counter = new ObjectKey("counter");
        for (var step = 0; step < 40; ) {
            var seen = store.read(counter).orElseThrow();
            var next = ByteBuffer.wrap(new byte[] {(byte) (seen.content().get(0) + 1)});
            if (store.put(counter, next, new Condition.IfMatches(seen.tag())) instanceof PutResult.Done) {
                step++;
            }
        }
    }

    private Process start(String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(SeveralProcessesTest.class.getName());
        command.add(folder.toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> acknowledged(Process process) throws InterruptedException {
        var lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    private static boolean read(BufferedReader out, List<String> lines) throws IOException {
        var line = out.readLine();
        if (line != null) {
            lines.add(line);
        }
        return line != null;
    }

    private static void assertHolds(Repository repository, int seed, int flush) {
        var reader = repository.reader();
        var codec = new ChunkCodec();
        for (var i = 0; i < CHUNKS; i++) {
            var plain = chunk(seed, flush, i);
            ChunkId id = codec.id(plain, 0, plain.length);
            var into = ByteBuffer.allocate(plain.length);
            reader.read(id, into);
            assertThat(into.array()).isEqualTo(plain);
        }
    }

    private static List<PackName> packs(ObjectStore store) {
        try (var listed = store.list(PackName.PREFIX)) {
            return listed.map(info -> PackReader.name(info.key())).toList();
        }
    }

    private static long entries(ObjectStore store) {
        return packs(store).stream()
                .mapToLong(pack -> PackReader.entries(store, pack).size())
                .sum();
    }

    private static byte[] chunk(int seed, int flush, int i) {
        var random = new Random(seed * 1_000_000L + flush * 1000L + i);
        var chunk = new byte[8 + random.nextInt(2000)];
        random.nextBytes(chunk);
        return chunk;
    }
}
