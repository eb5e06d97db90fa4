package rok.cli;

import java.util.List;
import java.util.Optional;
import rok.agent.ImageExport;
import rok.agent.NodeVolumes;
import rok.agent.VolumeState;
import rok.api.ErrorDocument.Code;
import rok.catalog.Version;

/** Versions of disks, as commands name them. */
final class DiskVersions {
    /** What a block volume is named with where a folder or a version may stand too. */
    static final String VOLUME = "volume:";

    private DiskVersions() {}

    /** Makes a volume with the disk that {@code named} names. */
    static VolumeState volume(Session session, NodeVolumes volumes, String named, String name, Optional<String> pool) {
        var found = session.resolve(named);
        var disks = found.member().map(List::of).orElse(found.version().members()).stream()
                .filter(Version.Member::isBlock)
                .toList();
        if (disks.size() != 1) {
            throw new Refusal(
                    Code.FAILED,
                    disks.isEmpty()
                            ? "%s holds folders and no disk".formatted(named)
                            : "%s holds %d disks".formatted(named, disks.size()),
                    disks.isEmpty()
                            ? "rok restore gives them back"
                            : "name one of them: BUCKET/FILE_VOLUME; rok show lists them");
        }
        return volumes.restore(
                name,
                pool,
                found.version(),
                disks.getFirst(),
                new ImageExport(
                        session.repository(), session.catalog(), session.home().cache()),
                status ->
                        session.output().progress().bytes("restoring", () -> "", status.bytes(), status.bytesTotal()));
    }
}
