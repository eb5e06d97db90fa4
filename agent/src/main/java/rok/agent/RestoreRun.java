package rok.agent;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import rok.catalog.Version;
import rok.snapshot.ByteString;

/** What a restore or a clone has come to so far. Counted by many threads; progress is told by the driving one. */
final class RestoreRun {
    private final Progress progress;
    private final long filesTotal;
    private final long bytesTotal;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong kept = new AtomicLong();
    private final WarningList warnings = new WarningList();
    private final WarningList damaged = new WarningList();

    RestoreRun(Progress progress, List<Version.Member> members) {
        this.progress = progress;
        this.filesTotal = members.stream().mapToLong(Version.Member::files).sum();
        this.bytesTotal = members.stream().mapToLong(Version.Member::bytes).sum();
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    void damaged(ByteString path, RuntimeException reason) {
        damaged.add("%s: %s".formatted(path.isEmpty() ? "the top folder" : path, reason.getMessage()));
    }

    void wroteBytes(long count) {
        bytes.addAndGet(count);
    }

    void wroteFile() {
        files.incrementAndGet();
    }

    /** A file was in its place already. */
    void kept(long count) {
        wroteBytes(count);
        wroteFile();
        kept.incrementAndGet();
    }

    /** Nothing was left out, and all is as it was. */
    boolean isExact() {
        return warnings.isEmpty() && damaged.isEmpty();
    }

    /** Tells how far it is; called by the driving thread for each entry. */
    void step() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("Interrupted");
        }
        progress.at(new Progress.Status(files.get(), filesTotal, bytes.get(), bytesTotal));
    }

    Restorer.Outcome outcome() {
        step();
        return new Restorer.Outcome(files.get(), bytes.get(), kept.get(), damaged.toList(), warnings.toList());
    }
}
