package rok.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.pool.Base;
import rok.pool.ChangedExtents;
import rok.pool.FrozenGroup;
import rok.pool.FrozenVolume;

/** Frozen copies of volumes in a pool, compared with their bases by where their blocks lie. */
final class PoolDisks implements StillDisks {
    private final FrozenGroup group;

    PoolDisks(FrozenGroup group) {
        this.group = group;
    }

    @Override
    public List<StillDisk> disks() {
        return group.volumes().stream().<StillDisk>map(PoolDisk::new).toList();
    }

    @Override
    public Duration pause() {
        return group.pause();
    }

    @Override
    public List<String> warnings() {
        return group.warnings();
    }

    @Override
    public void close() {
        group.close();
    }

    private static final class PoolDisk implements StillDisk {
        private final FrozenVolume frozen;
        private @Nullable ChangedExtents changed;

        PoolDisk(FrozenVolume frozen) {
            this.frozen = frozen;
        }

        @Override
        public Path image() {
            return frozen.path();
        }

        @Override
        public StillDisk.Before base() {
            return switch (frozen.volume().base()) {
                case Base.None _ -> new StillDisk.Before.None("it has no base yet");
                case Base.Lost(var reason) -> new StillDisk.Before.None(reason);
                case Base.Kept kept -> {
                    var compared = ChangedExtents.between(kept.disk(), frozen.path(), frozen.size());
                    changed = compared;
                    yield compared.notComparable()
                            .<StillDisk.Before>map(StillDisk.Before.None::new)
                            .orElseGet(() -> new StillDisk.Before.Kept(kept.note()));
                }
            };
        }

        @Override
        public List<DiskRange> changes() {
            return Optional.ofNullable(changed).orElseThrow().ranges().stream()
                    .map(range ->
                            new DiskRange(range.start(), range.length(), range.kind() == ChangedExtents.Kind.HOLE))
                    .toList();
        }

        @Override
        public void keepAsBase(String note) {
            frozen.keepAsBase(note);
        }
    }
}
