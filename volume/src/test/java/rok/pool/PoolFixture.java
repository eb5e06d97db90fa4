package rok.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import rok.linux.Syscalls;

/** A pool in an image of its own; closing it takes away what is mounted and attached of it, and nothing else. */
final class PoolFixture implements AutoCloseable {
    static final RandomGenerator RANDOM = new SecureRandom();
    static final long MIB = 1L << 20;

    private final Path folder;
    private Pool pool;

    PoolFixture(Path folder, PoolKind kind, long size) {
        assumeReady(kind);
        this.folder = folder;
        pool = Pool.createFile(image(), size, kind, mountPoint(), RANDOM);
    }

    static void assumeReady(PoolKind kind) {
        assumeTrue(new Syscalls().effectiveUser() == 0, "not run: mounting needs root");
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "not run: this kernel has no loop devices");
        assumeTrue(Tool.lookUp("mkfs." + kind).isPresent(), "not run: there is no mkfs." + kind);
        assumeTrue(Tool.lookUp("fsfreeze").isPresent(), "not run: there is no fsfreeze");
    }

    Path image() {
        return folder.resolve("pool.image");
    }

    Path mountPoint() {
        return folder.resolve("pool");
    }

    Path folder(String name) {
        return folder.resolve(name);
    }

    Pool pool() {
        return pool;
    }

    Pool reopen() {
        pool.close();
        pool = Pool.openFile(image(), mountPoint(), RANDOM);
        return pool;
    }

    /** What is lost by that: everything but the image. */
    void reboot() {
        release();
        pool = Pool.openFile(image(), mountPoint(), RANDOM);
    }

    /** Ext4 grows while it is mounted only for who may exceed limits. */
    static boolean canGrowMountedExt4() throws Exception {
        var line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith("CapEff:"))
                .findFirst()
                .orElseThrow();
        var sysResource = 24;
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >>> sysResource & 1) == 1;
    }

    static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private void release() {
        for (var volume : pool.volumes()) {
            volume.unmount();
        }
        pool.close();
        var files = new PoolFiles();
        var loops = new LoopDevices(files);
        var loop = loops.find(image()).orElseThrow();
        for (var mount : Mounts.now().of(loop)) {
            files.linux().unmount(PoolFiles.bytes(mount.point()));
        }
        loops.detach(loop);
    }

    @Override
    public void close() {
        release();
        assertThat(new LoopDevices(new PoolFiles()).find(image())).isEmpty();
    }
}
