package rok.catalog;

import java.util.Optional;
import rok.names.RokUrl;

/**
 * Where a version is that a text named.
 *
 * @param url the version's own, that of a group
 * @param volume of the member, if the text named one
 * @param version that is there, where it was read to find the place
 */
public record Place(RokUrl url, Optional<String> volume, Optional<Version> version) {
    Place(RokUrl url, Optional<String> volume) {
        this(url, volume, Optional.empty());
    }

    /** Short, for people: {@code bucket/file@version}. */
    @Override
    public String toString() {
        return url.bucket() + "/" + url.file() + volume.map(v -> "_" + v).orElse("") + "@" + url.version();
    }
}
