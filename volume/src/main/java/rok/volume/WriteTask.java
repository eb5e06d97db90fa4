package rok.volume;

import rok.linux.Bytes;

/** One thing to make in a folder that is being written. */
sealed interface WriteTask {
    TargetFolder folder();

    Bytes name();

    /** Below the top, for people. */
    Bytes path();

    record File(TargetFolder folder, Bytes name, Bytes path, Metadata metadata, long length, FileContent content)
            implements WriteTask {}

    record Symlink(TargetFolder folder, Bytes name, Bytes path, Metadata metadata, Bytes target) implements WriteTask {}

    record Fifo(TargetFolder folder, Bytes name, Bytes path, Metadata metadata) implements WriteTask {}

    /** @param otherwise makes a file of its own, where no link can be made */
    record HardLink(TargetFolder folder, Bytes name, Bytes path, Bytes existing, File otherwise) implements WriteTask {}
}
