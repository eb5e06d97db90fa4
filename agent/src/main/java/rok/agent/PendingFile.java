package rok.agent;

import java.util.List;
import java.util.Optional;
import rok.linux.Stat;
import rok.snapshot.Attributes;
import rok.snapshot.Content;
import rok.volume.Attribute;
import rok.volume.FileReading;
import rok.volume.OpenFile;

/** A file that workers are reading. */
sealed interface PendingFile permits FileBatch.Part, LargeFile {
    /** Waits for it; empty where it vanished or can't be read, of which a warning was given. */
    Optional<Done> await();

    /** @param stat as it was when it was read; if {@code torn}, content and stat may not belong together */
    record Done(Content content, Attributes attributes, Stat stat, boolean torn) {
        static Optional<Done> of(FileReading<Made> reading) {
            return switch (reading) {
                case FileReading.Done<Made>(var made, var stat, var torn) ->
                    Optional.of(new Done(made.content(), Names.attributes(stat, made.xattrs()), stat, torn));
                case FileReading.Vanished<Made> _, FileReading.Unreadable<Made> _ -> Optional.empty();
            };
        }
    }

    /** What an attempt at reading a file gives. */
    record Made(Content content, List<Attribute> xattrs) {
        static Made whole(FileCutter cutter, OpenFile file) {
            return new Made(cutter.content(CutSource.of(file)), file.attributes());
        }
    }
}
