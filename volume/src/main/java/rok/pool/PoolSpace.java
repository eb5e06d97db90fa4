package rok.pool;

/**
 * How full a pool is, in bytes.
 *
 * @param free what can still be written: the less of the pool's file system and, where the pool is an image, the one it lies on
 * @param reserve below which nothing new is made, so that volumes can still be written to and removed
 */
public record PoolSpace(long capacity, long free, long reserve) {}
