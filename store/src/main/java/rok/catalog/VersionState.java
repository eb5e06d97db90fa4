package rok.catalog;

import java.util.Locale;

/** How far a version has come (docs/protocol.md). */
public enum VersionState {
    PENDING,
    COMMITTED,
    ABORTED;

    /** As records and documents spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
