package rok.agent;

import java.nio.file.Path;
import java.util.function.Consumer;
import rok.check.ChunkSource;
import rok.repository.ChunkWriter;
import rok.volume.DirectoryVolume;
import rok.volume.WalkOptions;
import rok.volume.Warning;

/**
 * A folder as a source of lost chunks: it is read and cut as for a snapshot, trees and lists included, so that a folder in
 * which nothing changed gives back everything that its version had.
 */
public record LiveFolder(Path folder) implements ChunkSource {
    @Override
    public void pour(ChunkWriter writer) {
        Consumer<Warning> unheard = _ -> {};
        try (var volume = DirectoryVolume.open(folder);
                var lane = writer.lane();
                var own = new SnapshotTools(lane);
                var workers = new Workers<SnapshotTools>(
                        "rok-heal", Workers.count(), () -> new SnapshotTools(writer.lane()));
                var known = StatCaches.none(volume);
                var walk = known.walk(WalkOptions.SNAPSHOT, unheard)) {
            var reading = new VolumeReading(volume, workers, unheard);
            var meter = new Meter(Progress.NONE);
            var _ = new VolumeSnapshot(reading, own, lane, known, meter).run(() -> walk);
            own.forget(volume);
        }
    }
}
