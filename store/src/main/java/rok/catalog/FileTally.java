package rok.catalog;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.VersionId;

/** Sums up a file's versions, which come oldest first. Their ids are read only where they are needed: there are many. */
final class FileTally {
    private final FileName file;
    private int versions;
    private long storedBytes;
    private @Nullable String head;
    private @Nullable String newest;

    FileTally(FileName file) {
        this.file = file;
    }

    FileName file() {
        return file;
    }

    /** @param key that ends in the version's id */
    void add(String key, SummaryCache.Brief brief) {
        newest = key;
        if (brief.state() == VersionState.COMMITTED) {
            head = key;
            versions++;
            storedBytes += brief.storedBytes();
        }
    }

    /** Nothing when the newest version has gone meanwhile. */
    Optional<FileSummary> summary(BucketName bucket, Function<VersionId, Optional<VersionSummary>> summaries) {
        var last = summary(newest, summaries);
        var committed = head == null || head.equals(newest) ? last : summary(head, summaries);
        return last.map(found -> new FileSummary(
                bucket, file, versions, storedBytes, head == null ? Optional.empty() : committed, found));
    }

    private static Optional<VersionSummary> summary(
            @Nullable String key, Function<VersionId, Optional<VersionSummary>> summaries) {
        return Optional.ofNullable(key).flatMap(FileTally::id).flatMap(summaries);
    }

    static Optional<VersionId> id(String key) {
        return VersionId.parse(key.substring(key.lastIndexOf('/') + 1));
    }
}
