package rok.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.pool.LoopDevices.Loop;

/** Loop devices, taken by several at once. */
class LoopDevicesTest {
    private static final int THREADS = 4;
    private static final int FILES = 12;

    @TempDir
    Path temporary;

    @Test
    void whoAttachAtTheSameTimeGetDevicesOfTheirOwn() throws Exception {
        PoolFixture.assumeReady(PoolKind.BTRFS);
        var images = new ArrayList<Path>();
        for (var i = 0; i < FILES; i++) {
            var image = temporary.resolve("image" + i);
            try (var file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(1 << 20);
            }
            images.add(image);
        }
        var attached = new ArrayList<Loop>();
        var loops = new LoopDevices(new PoolFiles());
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var tasks = new ArrayList<Future<Loop>>();
            for (var image : images) {
                tasks.add(threads.submit(() -> new LoopDevices(new PoolFiles()).attach(image)));
            }
            for (var task : tasks) {
                attached.add(task.get());
            }
            assertThat(attached).doesNotHaveDuplicates();
            for (var i = 0; i < FILES; i++) {
                assertThat(loops.find(images.get(i))).contains(attached.get(i));
                assertThat(Files.exists(attached.get(i).device())).isTrue();
            }
        } finally {
            for (var image : images) {
                loops.find(image).ifPresent(loops::detach);
            }
        }
        assertThat(images).allMatch(image -> loops.find(image).isEmpty());
    }
}
