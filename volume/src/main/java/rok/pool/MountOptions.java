package rok.pool;

/**
 * How a volume is mounted, beside nodev and nosuid.
 *
 * @param discard gives the space of removed files back to the pool at once
 */
public record MountOptions(boolean readOnly, boolean discard) {
    public static final MountOptions DEFAULT = new MountOptions(false, true);
}
