package rok.agent;

import java.nio.file.Path;
import java.util.List;

/** A disk as it was at one instant, while it is stored: nobody writes to it. For one thread. */
public interface StillDisk {
    /** The file that holds its bytes. */
    Path image();

    /** What it can be compared with. */
    Before base();

    /**
     * What may differ from the base, in order, without overlaps, exact to what its file system hands out. Only where there is
     * {@linkplain Before.Kept one}.
     */
    List<DiskRange> changes();

    /** Makes this the base of what comes next, in place of the last one; it is not dropped then. */
    void keepAsBase(String note);

    /** An earlier state of the same disk that is still there. */
    sealed interface Before {
        /** @param note what it was kept with */
        record Kept(String note) implements Before {}

        /** @param why for people, such as {@code it has no base yet} */
        record None(String why) implements Before {}
    }
}
