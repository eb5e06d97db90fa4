package rok.agent;

import java.util.function.Consumer;
import rok.volume.DirectoryVolume;
import rok.volume.FileReader;
import rok.volume.Warning;

/** What reading the files of one volume takes. */
record VolumeReading(DirectoryVolume volume, Workers<SnapshotTools> workers, Consumer<Warning> warnings) {
    FileReader reader(SnapshotTools tools) {
        return tools.reader(volume, warnings);
    }
}
