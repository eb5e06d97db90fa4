package rok.volume;

/** Writes the content of one file; called on a thread of the {@link DirectoryWriter}, once. */
@FunctionalInterface
public interface FileContent {
    /** Ranges that are not written are holes. Exceptions end the whole writing and come out of {@link DirectoryWriter}. */
    void writeTo(FileOutput output);
}
