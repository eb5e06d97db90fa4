package rok.tar;

/** Where what stands in a header block: POSIX.1-2017, pax, "ustar Interchange Format"; "S" fields as in GNU tar's tar.h. */
final class Ustar {
    static final int BLOCK = 512;

    static final Field NAME = new Field(0, 100);
    static final Field MODE = new Field(100, 8);
    static final Field UID = new Field(108, 8);
    static final Field GID = new Field(116, 8);
    static final Field SIZE = new Field(124, 12);
    static final Field MTIME = new Field(136, 12);
    static final Field CHECKSUM = new Field(148, 8);
    static final Field TYPE = new Field(156, 1);
    static final Field LINK = new Field(157, 100);
    static final Field MAGIC = new Field(257, 8);
    static final Field PREFIX = new Field(345, 155);

    static final Field GNU_SPARSE = new Field(386, 96);
    static final Field GNU_IS_EXTENDED = new Field(482, 1);
    static final Field GNU_REAL_SIZE = new Field(483, 12);
    /** In a block that goes on with the map of a header: 21 pairs, then whether another one follows. */
    static final Field GNU_MORE_SPARSE = new Field(0, 504);

    static final Field GNU_MORE_IS_EXTENDED = new Field(504, 1);

    /** The largest number in so many octal digits and an end. */
    static long octalMax(Field field) {
        return (1L << (3 * (field.length - 1))) - 1;
    }

    record Field(int offset, int length) {
        int end() {
            return offset + length;
        }
    }

    private Ustar() {}

    /** The sum of the block's bytes, those of the sum itself taken for blanks. */
    static long checksum(byte[] block) {
        var sum = 0L;
        for (var i = 0; i < BLOCK; i++) {
            sum += i >= CHECKSUM.offset && i < CHECKSUM.end() ? ' ' : block[i] & 0xff;
        }
        return sum;
    }

    /** How many bytes there are from a length to the end of its last block. */
    static int padding(long length) {
        return (int) (-length & (BLOCK - 1));
    }
}
