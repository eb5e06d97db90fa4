package rok.agent;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.volume.DirectoryVolume;

/** What a folder that is about to be restored holds already, as far as its stat cache knows. For one thread; close it. */
final class PresentFiles implements AutoCloseable {
    static final PresentFiles NONE = new PresentFiles(null, null);

    private final @Nullable DirectoryVolume volume;
    private final @Nullable KnownFiles known;

    private PresentFiles(@Nullable DirectoryVolume volume, @Nullable KnownFiles known) {
        this.volume = volume;
        this.known = known;
    }

    static PresentFiles of(Path folder, StatCaches caches) {
        var volume = DirectoryVolume.open(folder);
        return new PresentFiles(volume, new KnownFiles(volume, caches.seen(volume)));
    }

    /** As {@link KnownFiles#at}. */
    Optional<rok.volume.Entry> at(ByteString path, Entry.File file) {
        return known == null ? Optional.empty() : known.at(path, file);
    }

    @Override
    public void close() {
        if (known != null) {
            known.close();
        }
        if (volume != null) {
            volume.close();
        }
    }
}
