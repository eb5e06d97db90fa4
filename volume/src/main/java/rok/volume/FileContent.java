package rok.volume;

/** Writes the content of one file; called on a thread of the {@link DirectoryWriter}, once. */
@FunctionalInterface
public interface FileContent {
    /**
     * Ranges that are not written are holes. Exceptions end the whole writing and come out of {@link DirectoryWriter},
     * except {@link Unavailable}.
     */
    void writeTo(FileOutput output);

    /** This content is not to be had, as whoever throws it has told: the file is not made, and the rest goes on. */
    final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unavailable() {
            super("The content of a file is not to be had", null, false, false);
        }
    }
}
