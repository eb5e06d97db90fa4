package rok.index;

import java.util.Comparator;
import rok.pack.PackName;

/**
 * Where a chunk lies: read {@code length} bytes from {@code offset} of the pack to get its record.
 *
 * @param plainLength of the chunk itself
 */
public record Location(PackName pack, int offset, int length, int plainLength) {
    /** Who reads many in this order reads each pack from the front. */
    public static final Comparator<Location> ORDER =
            Comparator.comparing(Location::pack, PackName.ORDER).thenComparingInt(Location::offset);
}
