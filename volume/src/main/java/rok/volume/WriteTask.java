package rok.volume;

import rok.linux.Bytes;

/** One thing to make in a folder that is being written. */
sealed interface WriteTask {
    TargetFolder folder();

    Bytes name();

    /** Below the top, for people. */
    Bytes path();

    /** How much there is to write, in bytes. */
    default long bytes() {
        return 0;
    }

    record File(TargetFolder folder, Bytes name, Bytes path, Metadata metadata, long length, FileContent content)
            implements WriteTask {
        @Override
        public long bytes() {
            return length;
        }
    }

    /** A range of a file that is large enough for several threads. */
    record Part(SharedFile file, long from, long to) implements WriteTask {
        @Override
        public TargetFolder folder() {
            return file.task().folder();
        }

        @Override
        public Bytes name() {
            return file.task().name();
        }

        @Override
        public Bytes path() {
            return file.task().path();
        }

        @Override
        public long bytes() {
            return to - from;
        }
    }

    record Symlink(TargetFolder folder, Bytes name, Bytes path, Metadata metadata, Bytes target) implements WriteTask {}

    record Fifo(TargetFolder folder, Bytes name, Bytes path, Metadata metadata) implements WriteTask {}

    /** @param otherwise makes a file of its own, where no link can be made */
    record HardLink(TargetFolder folder, Bytes name, Bytes path, Bytes existing, File otherwise) implements WriteTask {}
}
