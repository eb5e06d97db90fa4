package rok.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.volume.Entry;

/** Files that one worker reads in one go: handing over each by itself would cost more than reading it. */
final class FileBatch {
    private static final int FILES_MAX = 256;
    private static final long BYTES_MAX = 4 << 20;

    private final VolumeReading volume;
    private final List<Entry> files = new ArrayList<>();
    private final List<Optional<PendingFile.Done>> results = new ArrayList<>();
    private long bytes;
    private Workers.@Nullable Job<SnapshotTools> job;

    FileBatch(VolumeReading volume) {
        this.volume = volume;
    }

    PendingFile add(Entry file) {
        files.add(file);
        bytes += file.stat().size();
        return new Part(this, files.size() - 1);
    }

    boolean isFull() {
        return files.size() >= FILES_MAX || bytes >= BYTES_MAX;
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    void submit() {
        if (job == null) {
            job = volume.workers().submit(this::read);
        }
    }

    private void read(SnapshotTools tools) {
        var reader = volume.reader(tools);
        for (var file : files) {
            results.add(PendingFile.Done.of(reader.read(file, open -> PendingFile.Made.whole(tools.cutter(), open))));
        }
    }

    private Optional<PendingFile.Done> await(int file) {
        submit();
        if (job != null) {
            job.await();
        }
        return results.get(file);
    }

    /** One file of a batch. */
    record Part(FileBatch batch, int index) implements PendingFile {
        @Override
        public Optional<Done> await() {
            return batch.await(index);
        }
    }
}
