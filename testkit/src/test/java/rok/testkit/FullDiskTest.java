package rok.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.object.FolderObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.repository.Repository;

/** A small file system that fills up and is then mounted read-only; skipped where this user may not mount. */
class FullDiskTest {
    @TempDir
    Path folder;

    @Test
    void aFullOrReadOnlyDiskIsSaidAndLosesNothing() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=6m", "none", folder.toString()) == 0);
        try {
            List<ChunkId> kept;
            try (var store = open()) {
                kept = fill(Repository.create(store, folder.resolve("cache")));
                assertHolds(store, kept);
            }
            assertThat(remountReadOnly()).isTrue();
            try (var store = open()) {
                assertThatThrownBy(
                                () -> store.put(new ObjectKey("more"), ByteBuffer.allocate(9), new Condition.Always()))
                        .isInstanceOf(StoreException.Denied.class)
                        .hasMessageContaining("read-only");
                assertThatThrownBy(() -> store.delete(new ObjectKey("rok.json")))
                        .isInstanceOf(StoreException.Denied.class);
                assertHolds(store, kept);
            }
        } finally {
            assertThat(run("umount", "-l", folder.toString())).isZero();
        }
    }

    // Index segments that were merged away stay mapped until they are collected, and Linux refuses to make a
    // file system read-only that holds deleted files which are still in use.
    private boolean remountReadOnly() throws Exception {
        for (var tries = 0; tries < 20; tries++) {
            if (run("mount", "-o", "remount,ro", folder.toString()) == 0) {
                return true;
            }
            System.gc();
            Thread.sleep(100);
        }
        return false;
    }

    private FolderObjectStore open() {
        return new FolderObjectStore(folder.resolve("store"));
    }

    private void assertHolds(ObjectStore store, List<ChunkId> kept) {
        var reader = Repository.open(store, folder.resolve("cache")).reader();
        for (var id : kept) {
            reader.read(id, ByteBuffer.allocate(reader.length(id)));
        }
    }

    private static List<ChunkId> fill(Repository repository) {
        var kept = new ArrayList<ChunkId>();
        var random = new Random(1);
        assertThatThrownBy(() -> {
                    while (true) {
                        try (var writer = repository.writer()) {
                            var written = new ArrayList<ChunkId>();
                            try (var lane = writer.lane()) {
                                for (var i = 0; i < 10; i++) {
                                    var chunk = new byte[50_000];
                                    random.nextBytes(chunk);
                                    written.add(lane.write(chunk, 0, chunk.length));
                                }
                            }
                            writer.flush();
                            kept.addAll(written);
                        }
                    }
                })
                .isInstanceOf(StoreException.Unavailable.class)
                .hasMessageContaining("no space left")
                .hasMessageContaining("free some");
        assertThat(kept).hasSizeGreaterThan(50);
        return kept;
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
