package rok.pool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/**
 * Takes copies of volumes at one instant: bring applications to rest, write out what can be before, freeze every mounted
 * file system, copy, thaw, let applications go on.
 */
final class Freeze {
    /** Writing out is repeated while there was much, so that little is left for the pause. */
    private static final int SETTLE_ROUNDS = 4;

    private static final Duration SETTLED = Duration.ofMillis(20);

    /** Longer ones the watchdog might end. */
    private static final Duration PAUSE_MAX = Watchdog.PATIENCE.minusSeconds(1);

    private final Pool pool;
    private final FreezeOptions options;
    private final Runnable whileFrozen;
    private final List<String> warnings = new ArrayList<>();

    Freeze(Pool pool, FreezeOptions options) {
        this(pool, options, () -> {});
    }

    /** @param whileFrozen done after the copies, before the thaw */
    Freeze(Pool pool, FreezeOptions options, Runnable whileFrozen) {
        this.pool = pool;
        this.options = options;
        this.whileFrozen = whileFrozen;
    }

    /** What is copied, and where to. */
    private record Target(BlockVolume volume, Path copy, boolean readOnly) {}

    private record Result(List<Long> sizes, List<OptionalLong> extents, Duration pause, ExpectedPause expected) {}

    FrozenGroup toGroup(List<BlockVolume> volumes) {
        check(volumes);
        return withHooks(() -> pool.locked("Can't freeze " + volumes, files -> {
            pool.checkReserve(files, "freeze " + volumes);
            var targets = new ArrayList<Target>();
            for (var volume : volumes) {
                var copy = pool.layout().frozen(pool.session(), pool.newId(), volume.id());
                targets.add(new Target(volume, copy, true));
            }
            var result = copy(files, targets);
            var frozen = new ArrayList<FrozenVolume>();
            for (var i = 0; i < targets.size(); i++) {
                var target = targets.get(i);
                frozen.add(new FrozenVolume(target.volume, target.copy, result.sizes.get(i), result.extents.get(i)));
            }
            return new FrozenGroup(frozen, result.pause, result.expected, List.of());
        }));
    }

    private void check(List<BlockVolume> volumes) {
        var ids = new HashSet<String>();
        for (var volume : volumes) {
            if (volume.pool() != pool) {
                throw new IllegalArgumentException("Volume %s is of another pool".formatted(volume));
            }
            if (!ids.add(volume.id())) {
                throw new IllegalArgumentException("Volume %s is named twice".formatted(volume));
            }
        }
    }

    VolumeDraft toDraft(BlockVolume volume, String name) {
        return pool.locked("Can't clone volume " + volume, files -> {
            pool.checkNew(files, name);
            var id = pool.newId();
            var target = new Target(volume, pool.layout().draft(pool.session(), id), false);
            var result = copy(files, List.of(target));
            return new VolumeDraft(pool, new VolumeRecord(id, name, volume.fileSystem(), result.sizes.getFirst()));
        });
    }

    private interface Frozen {
        FrozenGroup take();
    }

    private FrozenGroup withHooks(Frozen frozen) {
        FrozenGroup group;
        try {
            options.before().ifPresent(hook -> hook.run("The command before the freeze failed, nothing was frozen"));
            group = frozen.take();
        } catch (RuntimeException e) {
            runAfter().ifPresent(e::addSuppressed);
            throw e;
        }
        runAfter().ifPresent(e -> warnings.add(String.valueOf(e.getMessage())));
        return new FrozenGroup(group.volumes(), group.pause(), group.expected(), warnings);
    }

    private Optional<PoolException> runAfter() {
        try {
            options.after().ifPresent(hook -> hook.run("The command after the freeze failed"));
            return Optional.empty();
        } catch (PoolException e) {
            return Optional.of(e);
        }
    }

    private Result copy(PoolFiles files, List<Target> targets) {
        var sizes = new ArrayList<Long>();
        for (var target : targets) {
            target.volume.loop(files);
            sizes.add(target.volume.size(files));
        }
        try (var open = new OpenTargets(files)) {
            targets.forEach(target -> open.add(target.volume));
            open.settle();
            var extents = extents(files, targets);
            var expected = ExpectedPause.of(
                    extents.stream().mapToLong(count -> count.orElse(0)).sum());
            if (!open.mounted.isEmpty()) {
                checkExpected(expected, targets);
            }
            try {
                return new Result(sizes, extents, open.copyFrozen(targets), expected);
            } catch (RuntimeException e) {
                removeCopies(files, targets, e);
                throw e;
            }
        }
    }

    private List<OptionalLong> extents(PoolFiles files, List<Target> targets) {
        var counts = new ArrayList<OptionalLong>();
        for (var target : targets) {
            if (pool.kind() == PoolKind.XFS) {
                try (var disk = files.open(target.volume.path(), Flags.O_RDONLY)) {
                    counts.add(OptionalLong.of(files.linux().extentCount(disk)));
                }
            } else {
                counts.add(OptionalLong.empty());
            }
        }
        return counts;
    }

    private void checkExpected(ExpectedPause expected, List<Target> targets) {
        var most = options.pauseMax()
                .filter(asked -> asked.compareTo(PAUSE_MAX) < 0)
                .orElse(PAUSE_MAX);
        if (expected.duration().compareTo(most) > 0) {
            throw new PoolException(
                    "Freezing %s would take about %d ms (%d extents on XFS), more than the %d ms allowed: allow more where that is below %d ms, copy the images to lie together, or use a pool on Btrfs"
                            .formatted(
                                    targets.stream().map(Target::volume).toList(),
                                    expected.duration().toMillis(),
                                    expected.extents(),
                                    most.toMillis(),
                                    PAUSE_MAX.toMillis()));
        }
    }

    private void removeCopies(PoolFiles files, List<Target> targets, RuntimeException failure) {
        for (var target : targets) {
            try {
                if (files.exists(target.copy)) {
                    pool.copies(files).remove(target.copy);
                }
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /** What is opened of the volumes before anything is frozen. */
    private final class OpenTargets implements AutoCloseable {
        private final PoolFiles files;
        private final List<Fd> mounted = new ArrayList<>();
        private final List<Path> points = new ArrayList<>();
        private final List<Fd> devices = new ArrayList<>();

        OpenTargets(PoolFiles files) {
            this.files = files;
        }

        void add(BlockVolume volume) {
            var loop = volume.loop(files);
            var places = volume.mountPoints(files);
            if (!places.isEmpty()) {
                mounted.add(files.folder(places.getFirst()));
                points.add(places.getFirst());
            } else if (loop.isPresent()) {
                devices.add(files.open(loop.get().device(), Flags.O_RDWR));
            }
        }

        void settle() {
            for (var round = 0; round < SETTLE_ROUNDS; round++) {
                var start = System.nanoTime();
                mounted.forEach(files.linux()::syncFileSystem);
                devices.forEach(files.linux()::sync);
                files.syncFileSystem(pool.path());
                if (System.nanoTime() - start < SETTLED.toNanos()) {
                    break;
                }
            }
        }

        Duration copyFrozen(List<Target> targets) {
            if (mounted.isEmpty()) {
                copyAll(targets);
                return Duration.ZERO;
            }
            try (var watchdog = Watchdog.start(mounted, points);
                    var _ = QuickGracePeriods.begin()) {
                return freezeAndCopy(targets, watchdog);
            }
        }

        private Duration freezeAndCopy(List<Target> targets, Watchdog watchdog) {
            var frozen = Collections.synchronizedList(new ArrayList<Fd>());
            var whole = false;
            var start = System.nanoTime();
            try {
                freezeAll(frozen);
                copyAll(targets);
                whileFrozen.run();
            } finally {
                whole = thaw(frozen);
            }
            var pause = Duration.ofNanos(System.nanoTime() - start);
            if (!whole || watchdog.isExpired()) {
                throw new PoolException(
                        "Freezing took longer than %d s, or somebody thawed meanwhile: the copies are of no one instant, and were removed; try again"
                                .formatted(Watchdog.PATIENCE.toSeconds()));
            }
            return pause;
        }

        /** At the same time: the kernel lets each wait for some ten milliseconds, and several no longer than one. */
        private void freezeAll(List<Fd> frozen) {
            var tasks = new ArrayList<CompletableFuture<Void>>();
            for (var folder : mounted) {
                tasks.add(CompletableFuture.runAsync(
                        () -> {
                            freeze(folder);
                            frozen.add(folder);
                        },
                        task -> Thread.ofPlatform().name("rok-freeze").start(task)));
            }
            try {
                CompletableFuture.allOf(tasks.toArray(CompletableFuture<?>[]::new))
                        .join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            }
        }

        private static void freeze(Fd folder) {
            try {
                new Syscalls().freeze(folder);
            } catch (LinuxException e) {
                throw e.errno() == Errno.EBUSY
                        ? new PoolException.InUse(
                                "%s is frozen by somebody else: try again when it is thawed".formatted(folder))
                        : e;
            }
        }

        /** Every one, whatever the others say; whether all were still frozen. */
        private boolean thaw(List<Fd> frozen) {
            var whole = true;
            for (var folder : frozen.reversed()) {
                try {
                    whole &= files.linux().thaw(folder);
                } catch (LinuxException e) {
                    whole = false;
                }
            }
            return whole;
        }

        private void copyAll(List<Target> targets) {
            devices.forEach(files.linux()::sync);
            var copies = pool.copies(files);
            for (var target : targets) {
                copies.copy(target.volume.folder(), target.copy, target.readOnly);
            }
        }

        @Override
        public void close() {
            mounted.forEach(Fd::close);
            devices.forEach(Fd::close);
        }
    }
}
