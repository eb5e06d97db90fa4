package rok.catalog;

import java.util.Optional;
import rok.names.BucketName;
import rok.names.FileName;

/**
 * A file as a listing shows it.
 *
 * @param versions those committed
 * @param storedBytes what they grew the store by, together
 * @param head the newest committed one
 * @param newest of any state
 */
public record FileSummary(
        BucketName bucket,
        FileName name,
        int versions,
        long storedBytes,
        Optional<VersionSummary> head,
        VersionSummary newest) {}
