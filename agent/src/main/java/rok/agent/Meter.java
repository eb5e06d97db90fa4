package rok.agent;

/** Counts what a flow has done and tells its {@link Progress}. For the flow's own thread. */
final class Meter {
    private final Progress progress;
    private long files;
    private long bytes;
    private long readFiles;

    Meter(Progress progress) {
        this.progress = progress;
    }

    void unchanged(long moreBytes) {
        add(moreBytes);
    }

    void changed(long moreBytes) {
        readFiles++;
        add(moreBytes);
    }

    private void add(long moreBytes) {
        if (Thread.currentThread().isInterrupted()) {
            throw Workers.interrupted();
        }
        files++;
        bytes += moreBytes;
        progress.at(new Progress.Status(files, 0, bytes, 0));
    }

    long files() {
        return files;
    }

    long bytes() {
        return bytes;
    }

    /** Entries that were not as they were last time. */
    long changedFiles() {
        return readFiles;
    }
}
