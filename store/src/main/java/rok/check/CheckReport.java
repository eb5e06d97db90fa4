package rok.check;

import java.util.List;

/**
 * What a check came to.
 *
 * @param findings what is damaged; {@code findingsMore} is how many more there are
 * @param notes what is worth knowing and no damage; {@code notesMore} is how many more there are
 * @param complete everything was looked at that was asked for; else time ran out
 */
public record CheckReport(
        List<Finding> findings, long findingsMore, List<Note> notes, long notesMore, Reach reach, boolean complete) {
    public CheckReport {
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    /** Nothing is damaged, as far as it was looked at. */
    public boolean isGood() {
        return findings.isEmpty() && findingsMore == 0;
    }

    /**
     * How far it came.
     *
     * @param packs whose footers were read, of {@code packsTotal}
     * @param chunks that the index lists, {@code needed} of them named by versions
     * @param readPacks that were read from end to end, {@code readBytes} in all, of {@code bytesTotal}
     * @param unverifiedBytes of packs that this machine never read from end to end
     */
    public record Reach(
            long segments,
            long packs,
            long packsTotal,
            long chunks,
            long needed,
            long versions,
            boolean allVersions,
            long readPacks,
            long readBytes,
            long bytesTotal,
            long unverifiedBytes) {}
}
