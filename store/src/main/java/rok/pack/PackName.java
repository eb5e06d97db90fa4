package rok.pack;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import rok.object.ObjectKey;

/** The name of a pack: 128 random bits, so that no two writers ever choose the same and none comes back. */
public record PackName(long high, long low) {
    public static final int BYTES = 16;

    /** What every pack's key begins with. */
    public static final ObjectKey PREFIX = new ObjectKey("packs/");

    /** The order of the names as texts. */
    public static final Comparator<PackName> ORDER = Comparator.comparing(PackName::high, Long::compareUnsigned)
            .thenComparing(PackName::low, Long::compareUnsigned);

    public static PackName random(RandomGenerator random) {
        return new PackName(random.nextLong(), random.nextLong());
    }

    public static PackName parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("A pack's name has 32 hex digits: " + hex);
        }
        return new PackName(HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
    }

    /** {@code packs/<first two digits>/<name>}. */
    public ObjectKey key() {
        var name = toString();
        return new ObjectKey(PREFIX.value() + name.substring(0, 2) + "/" + name);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
