package rok.volume;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import rok.linux.Bytes;

/**
 * Copies a volume to another folder of this machine: files share their blocks where the file system can, else they are
 * copied within the kernel, holes staying holes.
 */
public final class FolderCopy {
    private final DirectoryVolume source;
    private final DirectoryWriter writer;
    private final Consumer<Warning> warnings;
    /** Files with several names, by device and inode: the path that came first. */
    private final Map<Inode, Bytes> firstNames = new HashMap<>();

    private final ConcurrentLinkedQueue<FileReader> readers = new ConcurrentLinkedQueue<>();

    private record Inode(long device, long number) {}

    private FolderCopy(DirectoryVolume source, DirectoryWriter writer, Consumer<Warning> warnings) {
        this.source = source;
        this.writer = writer;
        this.warnings = warnings;
    }

    /**
     * @param target is made; it must not be inside of the source
     * @param threads that copy
     * @param warnings may be called from any of them
     */
    public static void copy(
            DirectoryVolume source, Path target, WalkOptions options, int threads, Consumer<Warning> warnings) {
        try (var writer = DirectoryWriter.open(target, Existing.REFUSE, threads, warnings)) {
            new FolderCopy(source, writer, warnings).run(options);
        }
    }

    private void run(WalkOptions options) {
        try (var walk = source.walk(options, warnings);
                var reader = source.reader(warnings)) {
            walk.forEachRemaining(event -> {
                switch (event) {
                    case WalkEvent.Enter(var folder) ->
                        writer.enter(folder.name(), Metadata.of(folder.stat(), folder.attributes()));
                    case WalkEvent.Found(var entry) -> copy(entry, reader);
                    case WalkEvent.Leave _ -> writer.leave();
                }
            });
            writer.finish();
        } finally {
            readers.forEach(FileReader::close);
        }
    }

    private void copy(Entry entry, FileReader reader) {
        var stat = entry.stat();
        switch (entry.kind()) {
            case FILE -> copyFile(entry, Metadata.of(stat, reader.attributes(entry)));
            case SYMLINK -> writer.symlink(entry.name(), Metadata.of(stat, List.of()), entry.target());
            case FIFO -> writer.fifo(entry.name(), Metadata.of(stat, reader.attributes(entry)));
            case FOLDER, SOCKET, DEVICE -> throw new IllegalStateException(entry.kind() + " is no entry of a walk");
        }
    }

    private void copyFile(Entry entry, Metadata metadata) {
        var stat = entry.stat();
        FileContent content = (output, _, _) -> copyContent(entry, output);
        var first =
                stat.nlink() > 1 ? firstNames.putIfAbsent(new Inode(stat.device(), stat.inode()), entry.path()) : null;
        if (first == null) {
            writer.file(entry.name(), metadata, stat.size(), content);
        } else {
            writer.hardLink(entry.name(), first, metadata, stat.size(), content);
        }
    }

    private void copyContent(Entry entry, FileOutput output) {
        var spare = readers.poll();
        var reader = spare == null ? source.reader(warnings) : spare;
        try {
            reader.read(entry, file -> {
                output.copyOf(file);
                return file;
            });
        } finally {
            readers.add(reader);
        }
    }
}
