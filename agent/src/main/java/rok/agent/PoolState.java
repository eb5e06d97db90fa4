package rok.agent;

/**
 * A pool of this machine; sizes in bytes.
 *
 * @param fileSystem {@code btrfs} or {@code xfs}
 * @param where its folder, or the file that it is in
 * @param free what may still be given out: the reserve is not in it
 * @param problem why it can't be used now; then sizes are 0
 */
public record PoolState(
        String name,
        String fileSystem,
        String where,
        long capacity,
        long free,
        long reserve,
        int volumes,
        String problem) {}
