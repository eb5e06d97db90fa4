package rok.volume;

/** What {@link DirectoryWriter} does with what is already in the folder it writes. Folders are always merged. */
public enum Existing {
    /** Fails with EEXIST at the first file that would be replaced; folders that had entries keep their own metadata. */
    REFUSE,
    /** Replaces files, each at once: after a crash the old or the new one is there. Other files stay. */
    OVERWRITE,
    /** As {@link #OVERWRITE}, and removes everything that was not written: an exact copy. */
    EXACT
}
