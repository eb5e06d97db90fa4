package rok.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.catalog.VersionRecord;
import rok.catalog.VersionState;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.repository.ChunkReader;
import rok.repository.Repository;
import rok.snapshot.VersionHash;

/**
 * Brings versions of one store into another, under the same bucket and file, with all that is known of them; the id is
 * new, since another collector must never take two versions for one. Interrupted, the version is aborted, and what was
 * moved serves the next attempt. Safe for use by many threads.
 */
public final class Copy {
    /** Among a version's metadata: what it is a copy of. */
    public static final String SOURCE = "rok.copied-from";
    /** What was moved is listed after so many bytes, so that an interrupted copy goes on from there. */
    private static final long LISTED_EVERY = 4L << 30;

    private final ChunkReader chunks;
    private final Catalog from;
    private final Repository repository;
    private final Catalog to;
    private final boolean sameIds;

    /**
     * From one store to another.
     *
     * @param source must not be the store of {@code repository}
     * @param from versions of {@code source}
     * @param to versions of {@code repository}
     */
    public Copy(Repository source, Catalog from, Repository repository, Catalog to) {
        this.chunks = source.reader();
        this.from = from;
        this.repository = repository;
        this.to = to;
        this.sameIds = source.keys().isEmpty() && repository.keys().isEmpty();
    }

    /**
     * A copy.
     *
     * @param isNew false where it was there before
     */
    public record Outcome(Version version, boolean isNew) {}

    /** Copies a version, which is kept meanwhile. Throws {@link StoreException.Corrupt}, naming the path, for damage. */
    public Outcome copy(Version version, Progress progress) {
        var there = earlier(version);
        if (there.isPresent()) {
            return new Outcome(there.get(), false);
        }
        var url = version.url();
        try (var _ = from.pin(version);
                var pending = to.begin(url.bucket(), url.file(), version.title(), version.labels());
                var writer = repository.writer()) {
            var listing = new Progress() {
                private long listed;

                @Override
                public void at(Status status) {
                    if (status.bytes() - listed >= LISTED_EVERY) {
                        listed = status.bytes();
                        writer.flush();
                    }
                    progress.at(status);
                }
            };
            try (var trees = new TreeCopy(chunks, writer, sameIds, new Meter(Snapshotter.told(pending, listing)))) {
                var members = new ArrayList<Version.Member>();
                var hash = new VersionHash();
                for (var member : version.members()) {
                    var top = trees.copy(member.root());
                    members.add(new Version.Member(
                            member.name(),
                            member.kind(),
                            member.mount(),
                            top.tree(),
                            top.bytes(),
                            top.files(),
                            member.capture()));
                    hash.add(member.name(), top.tree());
                }
                var attachments =
                        version.attachments().map(tree -> trees.copy(tree).tree());
                var totals = writer.flush();
                var metadata = new HashMap<>(version.metadata());
                metadata.put(SOURCE, url.toString());
                return new Outcome(
                        pending.commit(new Version(
                                pending.url(),
                                version.created(),
                                version.title(),
                                version.message(),
                                version.labels(),
                                metadata,
                                hash.hex(),
                                new Version.Size(version.size().logical(), totals.newBytes(), totals.storedBytes()),
                                members,
                                attachments,
                                version.warnings())),
                        true);
            }
        }
    }

    /** A copy of the version that is there already. */
    private Optional<Version> earlier(Version version) {
        var url = version.url();
        try {
            return to.versions(url.bucket(), url.file()).items().stream()
                    // Few have its time, so few are read
                    .filter(item -> item.state() == VersionState.COMMITTED
                            && item.created().equals(version.created()))
                    .flatMap(item -> committed(item.url()).stream())
                    .filter(found -> Objects.equals(found.metadata().get(SOURCE), url.toString()))
                    .findFirst();
        } catch (StoreException.Missing _) {
            return Optional.empty();
        }
    }

    private Optional<Version> committed(RokUrl url) {
        return to.record(url).orElse(null) instanceof VersionRecord.Committed committed
                ? Optional.of(committed.version())
                : Optional.empty();
    }
}
