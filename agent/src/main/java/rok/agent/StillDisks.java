package rok.agent;

import java.time.Duration;
import java.util.List;

/** Disks that were caught at one instant. Close it: those that were not kept are dropped. For one thread. */
public interface StillDisks extends AutoCloseable {
    /** For a version without disks. */
    StillDisks NONE = new StillDisks() {
        @Override
        public List<StillDisk> disks() {
            return List.of();
        }

        @Override
        public Duration pause() {
            return Duration.ZERO;
        }

        @Override
        public void close() {}
    };

    /** In the order in which they were asked for. */
    List<StillDisk> disks();

    /** How long their writers stood still. */
    Duration pause();

    /** What went wrong without hurting them, for people. */
    default List<String> warnings() {
        return List.of();
    }

    @Override
    void close();

    /** Catches disks by the names of their volumes. */
    @FunctionalInterface
    interface Freezer {
        StillDisks freeze(List<String> volumes);
    }
}
