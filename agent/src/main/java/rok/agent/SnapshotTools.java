package rok.agent;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import rok.repository.ChunkWriter;
import rok.volume.DirectoryVolume;
import rok.volume.FileReader;
import rok.volume.Warning;

/** What a worker of a snapshot works with: a cutter, and a reader for each volume. For one thread. */
final class SnapshotTools implements Workers.Tools {
    private final FileCutter cutter;
    private final Map<DirectoryVolume, FileReader> readers = new HashMap<>();

    SnapshotTools(ChunkWriter.Lane lane) {
        this.cutter = new FileCutter(lane);
    }

    FileCutter cutter() {
        return cutter;
    }

    FileReader reader(DirectoryVolume volume, Consumer<Warning> warnings) {
        return readers.computeIfAbsent(volume, v -> v.reader(warnings));
    }

    void forget(DirectoryVolume volume) {
        var reader = readers.remove(volume);
        if (reader != null) {
            reader.close();
        }
    }

    @Override
    public void close() {
        readers.values().forEach(FileReader::close);
        cutter.close();
    }
}
