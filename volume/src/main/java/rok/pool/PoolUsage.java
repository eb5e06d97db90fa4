package rok.pool;

import java.util.List;

/**
 * How full a pool is, in bytes.
 *
 * @param free what can still be written: the less of the pool's file system and, where the pool is an image, the one it lies on
 * @param reserve below which nothing new is made, so that volumes can still be written to and removed
 */
public record PoolUsage(long capacity, long free, long reserve, List<OfVolume> volumes) {
    /**
     * @param logical its size
     * @param allocated what of it takes space: exclusive and shared
     * @param exclusive what no other volume, frozen copy or base shares
     */
    public record OfVolume(String name, long logical, long allocated, long exclusive, long shared) {}
}
