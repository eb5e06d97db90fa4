package rok.volume;

import rok.linux.Stat;

/** What came of reading a file. */
public sealed interface FileReading<T> {
    /**
     * @param value what was made of the content
     * @param stat as it was after reading; the same as before unless {@code torn}
     * @param torn it changed each time it was read, and a warning was given: value and stat may not belong together
     */
    record Done<T>(T value, Stat stat, boolean torn) implements FileReading<T> {}

    /** It is not there any more, or is no regular file now; a warning was given. */
    record Vanished<T>() implements FileReading<T> {}

    /** It can't be read, and a warning was given. */
    record Unreadable<T>(String reason) implements FileReading<T> {}
}
