package rok.pool;

/**
 * What a volume takes of its pool, in bytes.
 *
 * @param allocated exclusive and shared
 * @param exclusive what no other volume, frozen copy or base shares
 */
public record VolumeUsage(long allocated, long exclusive, long shared) {}
