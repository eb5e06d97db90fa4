package rok.format;

/**
 * The first 8 bytes of every binary object: seven ASCII characters that name the kind, then
 * one byte of version. {@code docs/format/repository.md} lists them all.
 */
public record Magic(String name, int version) {
    public static final int BYTES = 8;

    public Magic {
        if (name.length() != BYTES - 1 || name.chars().anyMatch(c -> c > 0x7e)) {
            throw new IllegalArgumentException("A magic has 7 ASCII characters, not " + name);
        }
        if (version < 1 || version > 255) {
            throw new IllegalArgumentException("A format version lies between 1 and 255, not " + version);
        }
    }

    /** The 8 bytes as one big-endian number. */
    public long value() {
        long value = 0;
        for (var i = 0; i < name.length(); i++) {
            value = value << 8 | name.charAt(i);
        }
        return value << 8 | version;
    }

    /**
     * Says what is wrong with the 8 bytes found where this magic should stand; nothing when they are right.
     *
     * @param what the thing whose first bytes these are, in users' words
     */
    public void check(long found, String what) {
        if (found == value()) {
            return;
        }
        if (found >>> 8 == value() >>> 8 && (found & 0xff) > version) {
            throw new StoreException.Incompatible(
                    "%s has format version %d, and this rok knows up to %d: upgrade rok to read it"
                            .formatted(what, found & 0xff, version));
        }
        throw new StoreException.Corrupt("%s is corrupt: it begins with %016x, not with %016x (%s, version %d)"
                .formatted(what, found, value(), name, version));
    }
}
