package rok.api;

import java.util.Optional;
import rok.gc.DeleteForecast.Freed;

/**
 * What deleting would free: what {@code rm --dry-run} prints, and the page shows.
 *
 * @param known whether it was found out in the time that there was; the numbers are 0 otherwise
 * @param chunks that nothing else refers to
 * @param bytes of those, as stored
 * @param collected how many bytes more the next collection gives back than without the delete
 */
public record FreedDocument(boolean known, long chunks, long bytes, long collected) {
    public static FreedDocument of(Optional<Freed> freed) {
        return freed.map(found -> new FreedDocument(true, found.chunks(), found.bytes(), found.collected()))
                .orElse(new FreedDocument(false, 0, 0, 0));
    }
}
