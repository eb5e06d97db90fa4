package rok.volume;

/** The content of one file, written on threads of the {@link DirectoryWriter}. */
@FunctionalInterface
public interface FileContent {
    /**
     * Writes the bytes from {@code from} up to {@code to}; the whole file at once, unless it {@link #isDivisible}. Ranges
     * that are not written are holes. Exceptions end the whole writing and come out of {@link DirectoryWriter}, except
     * {@link Unavailable}.
     */
    void writeTo(FileOutput output, long from, long to);

    /** Whether several threads may write ranges of it at the same time. */
    default boolean isDivisible() {
        return false;
    }

    /** Whether a file that is in its place, and is as long, holds exactly this: then it is left there. */
    default boolean isIn(OpenFile existing) {
        return false;
    }

    /** This content is not to be had, as whoever threw it has told: the file is not made, and the rest goes on. */
    final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unavailable() {
            super("The content of a file is not to be had", null, false, false);
        }
    }
}
