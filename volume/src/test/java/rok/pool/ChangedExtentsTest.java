package rok.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static rok.pool.PoolFixture.MIB;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rok.linux.Flags;
import rok.pool.ChangedExtents.Kind;

/** What changed by extents, against what differs byte by byte. */
class ChangedExtentsTest {
    private static final int PAGE = 4096;
    private static final int ROUNDS = 40;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void everyDifferenceLiesInARangeAndNoRangeExceedsWhatWasWritten(PoolKind kind) throws Exception {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        try (var fixture = new PoolFixture(temporary, kind, 512 * MIB)) {
            var pool = fixture.pool();
            var volume = pool.create("data", 8 * MIB, FileSystem.RAW);
            keep(pool, volume);
            for (var round = 0; round < ROUNDS; round++) {
                var touched = new BitSet();
                for (var i = random.nextInt(1, 30); i > 0; i--) {
                    change(volume, random, touched);
                }
                try (var group = pool.freeze(List.of(volume), FreezeOptions.DEFAULT)) {
                    var now = group.volumes().getFirst();
                    var base = (Base.Kept) volume.base();
                    var changed = ChangedExtents.between(base.disk(), now.path(), now.size());
                    check(changed, base, now, touched, "%s, seed %d, round %d".formatted(kind, seed, round));
                    if (random.nextBoolean()) {
                        now.keepAsBase("");
                        continue;
                    }
                }
                keep(pool, volume);
            }
        }
    }

    private static void keep(Pool pool, BlockVolume volume) {
        try (var group = pool.freeze(List.of(volume), FreezeOptions.DEFAULT)) {
            group.volumes().getFirst().keepAsBase("");
        }
    }

    private static void change(BlockVolume volume, Random random, BitSet touched) throws Exception {
        try (var file = new RandomAccessFile(volume.path().toFile(), "rw")) {
            var pages = (int) (file.length() / PAGE);
            var first = random.nextInt(pages);
            var count = Math.min(pages - first, 1 + random.nextInt(random.nextInt(4) == 0 ? 300 : 3));
            switch (random.nextInt(8)) {
                case 0 -> punch(volume, first, count);
                case 1 -> {
                    if (file.length() < 24 * MIB) {
                        var larger = file.length() + (long) PAGE * random.nextInt(1, 100);
                        file.setLength(larger);
                        touched.set(pages, (int) (larger / PAGE));
                    }
                    count = 0;
                }
                case 2 -> {
                    // Part of a page: the rest of it is the same
                    file.seek((long) first * PAGE + random.nextInt(PAGE));
                    file.write(1 + random.nextInt(255));
                    count = 1;
                }
                default -> {
                    var bytes = new byte[count * PAGE];
                    random.nextBytes(bytes);
                    file.seek((long) first * PAGE);
                    file.write(bytes);
                }
            }
            touched.set(first, first + count);
        }
    }

    private static void punch(BlockVolume volume, int first, int count) {
        var files = new PoolFiles();
        try (var disk = files.open(volume.path(), Flags.O_RDWR)) {
            files.linux().punchHole(disk, (long) first * PAGE, (long) count * PAGE);
        }
    }

    private static void check(ChangedExtents changed, Base.Kept base, FrozenVolume now, BitSet touched, String what)
            throws Exception {
        assertThat(changed.notComparable()).isEmpty();
        var inRange = new BitSet();
        var holes = new BitSet();
        var last = -1L;
        for (var range : changed.ranges()) {
            assertThat(range.start()).as(what).isGreaterThanOrEqualTo(Math.max(0, last));
            assertThat(range.length()).as(what).isPositive();
            assertThat(range.end()).as(what).isLessThanOrEqualTo(now.size());
            last = range.end();
            var pages = range.kind() == Kind.HOLE ? holes : inRange;
            inRange.set((int) (range.start() / PAGE), (int) ((range.end() + PAGE - 1) / PAGE));
            pages.set((int) (range.start() / PAGE), (int) ((range.end() + PAGE - 1) / PAGE));
        }
        try (var before = new RandomAccessFile(base.disk().toFile(), "r");
                var after = new RandomAccessFile(now.path().toFile(), "r")) {
            for (var page = 0; page < now.size() / PAGE; page++) {
                var old = page(before, page);
                var current = page(after, page);
                assertThat(Arrays.equals(old, current) || inRange.get(page))
                        .as("%s, page %d differs and is in no range", what, page)
                        .isTrue();
                assertThat(!holes.get(page) || Arrays.equals(current, new byte[PAGE]))
                        .as("%s, page %d is no hole", what, page)
                        .isTrue();
            }
        }
        inRange.andNot(touched);
        assertThat(inRange.stream().boxed().toList())
                .as("%s: pages in ranges that nobody wrote", what)
                .isEmpty();
    }

    private static byte[] page(RandomAccessFile file, int page) throws Exception {
        var bytes = new byte[PAGE];
        if ((long) page * PAGE < file.length()) {
            file.seek((long) page * PAGE);
            file.readFully(bytes);
        }
        return bytes;
    }
}
