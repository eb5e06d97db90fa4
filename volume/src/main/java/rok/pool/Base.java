package rok.pool;

import java.nio.file.Path;

/** The frozen copy of a volume that is kept to compare the next one with. */
public sealed interface Base {
    /**
     * @param disk as it was then; gone once the next base is kept
     * @param note what its keeper wrote about it
     */
    record Kept(Path disk, long size, String note) implements Base {}

    /** None was ever kept. */
    record None() implements Base {}

    /** One was kept, and can't be used any more. */
    record Lost(String reason) implements Base {}
}
