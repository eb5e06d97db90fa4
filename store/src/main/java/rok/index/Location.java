package rok.index;

import rok.pack.PackName;

/**
 * Where a chunk lies: read {@code length} bytes from {@code offset} of the pack to get its record.
 *
 * @param plainLength of the chunk itself
 */
public record Location(PackName pack, int offset, int length, int plainLength) {}
