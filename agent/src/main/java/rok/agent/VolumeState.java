package rok.agent;

/**
 * A block volume; sizes in bytes. What does not apply is empty.
 *
 * @param fileSystem {@code ext4}, {@code xfs} or {@code raw}
 * @param size of the disk
 * @param allocated what it takes of its pool, shared or not
 * @param exclusive what it takes alone: what would be freed without it
 * @param device that it is attached as
 * @param mount where it is mounted
 * @param base the version that the next snapshot is compared with, as a Rok URL
 */
public record VolumeState(
        String name,
        String id,
        String pool,
        String fileSystem,
        long size,
        long allocated,
        long exclusive,
        String device,
        String mount,
        String base) {}
