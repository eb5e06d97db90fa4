package rok.cipher;

/** Where keys begin: one root for all names, ids and cut points, and one for the data of each generation. */
public interface DataRoots {
    /** As many generations as there can be. */
    int GENERATIONS_MAX = 1000;

    Secret ids();

    /** The generation that writers use, from 1. */
    int newest();

    /**
     * Of a generation up to the newest, or one that came since: the keys are then read again. Throws {@link
     * rok.format.StoreException.Corrupt} for one that never was.
     */
    Secret root(int generation);
}
