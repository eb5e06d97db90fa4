package rok.catalog;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;

/** Sums up a file's versions, which come oldest first. */
final class FileTally {
    private int versions;
    private long storedBytes;
    private @Nullable RokUrl head;
    private @Nullable RokUrl newest;

    void add(RokUrl url, SummaryCache.Brief brief) {
        newest = url;
        if (brief.state() == VersionState.COMMITTED) {
            head = url;
            versions++;
            storedBytes += brief.storedBytes();
        }
    }

    /** Nothing when the newest version has gone meanwhile. */
    Optional<FileSummary> summary(
            BucketName bucket, FileName file, Function<RokUrl, Optional<VersionSummary>> summaries) {
        var last = newest == null ? Optional.<VersionSummary>empty() : summaries.apply(newest);
        var committed = head == null || head.equals(newest) ? last : summaries.apply(head);
        return last.map(found -> new FileSummary(
                bucket, file, versions, storedBytes, head == null ? Optional.empty() : committed, found));
    }
}
