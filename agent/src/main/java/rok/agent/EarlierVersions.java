package rok.agent;

import java.util.Optional;
import rok.catalog.Catalog;
import rok.catalog.Pending;
import rok.catalog.Version;
import rok.catalog.VersionRecord;
import rok.names.RokUrl;
import rok.repository.Repository;

/** Versions that parts are taken over from, for one that is being made: docs/protocol.md, What a snapshot takes over. */
final class EarlierVersions {
    private final Repository repository;
    private final Catalog catalog;
    private final Pending pending;

    EarlierVersions(Repository repository, Catalog catalog, Pending pending) {
        this.repository = repository;
        this.catalog = catalog;
        this.pending = pending;
    }

    /** The version, if it is COMMITTED; where gc may not know that anybody counts on it, it is told. */
    Optional<Version> kept(RokUrl url) {
        return committed(catalog, url).filter(last -> !repository.isCollecting() || pending.keep(last));
    }

    static Optional<Version> committed(Catalog catalog, RokUrl url) {
        return catalog.record(url).orElse(null) instanceof VersionRecord.Committed committed
                ? Optional.of(committed.version())
                : Optional.empty();
    }

    String repository() {
        return repository.id();
    }

    RokUrl url() {
        return pending.url();
    }
}
