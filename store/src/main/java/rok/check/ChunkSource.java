package rok.check;

import rok.repository.ChunkWriter;

/** Something of this machine that may still have bytes which the store has lost. */
@FunctionalInterface
public interface ChunkSource {
    /** Writes all that it has; the writer takes what is lost, and lets go of the rest. */
    void pour(ChunkWriter writer);
}
