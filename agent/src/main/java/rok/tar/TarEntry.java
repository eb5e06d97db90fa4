package rok.tar;

import java.util.List;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;

/** One entry of an archive. Paths are as they stand there: nobody has looked whether they lead outside. */
public sealed interface TarEntry {
    ByteString path();

    Attributes attributes();

    record Folder(ByteString path, Attributes attributes) implements TarEntry {}

    /**
     * @param length in bytes, holes included
     * @param data the stretches of the file whose bytes follow, ascending and apart; the rest are holes
     */
    record File(ByteString path, Attributes attributes, long length, List<Stretch> data) implements TarEntry {
        /** A map of more stretches is neither written nor read. */
        public static final int STRETCHES_MAX = 1_000_000;

        public File {
            data = List.copyOf(data);
        }

        /** One without holes. */
        public static File whole(ByteString path, Attributes attributes, long length) {
            return new File(path, attributes, length, length == 0 ? List.of() : List.of(new Stretch(0, length)));
        }

        public boolean isSparse() {
            return !(length == 0 || (data.size() == 1 && data.getFirst().length == length));
        }

        long dataBytes() {
            return data.stream().mapToLong(Stretch::length).sum();
        }
    }

    /** Bytes of a file that stand side by side. */
    record Stretch(long offset, long length) {
        public long end() {
            return offset + length;
        }

        /** Adds a stretch behind those that are there: neighbours become one, and an empty one is left out. */
        public static void append(List<Stretch> stretches, Stretch next) {
            if (next.length == 0) {
                return;
            }
            if (!stretches.isEmpty() && stretches.getLast().end() == next.offset) {
                var before = stretches.removeLast();
                stretches.add(new Stretch(before.offset, before.length + next.length));
            } else {
                stretches.add(next);
            }
        }
    }

    /** @param target the path of an entry that came before */
    record HardLink(ByteString path, Attributes attributes, ByteString target) implements TarEntry {}

    record Symlink(ByteString path, Attributes attributes, ByteString target) implements TarEntry {}

    record Fifo(ByteString path, Attributes attributes) implements TarEntry {}

    /** @param what it is, such as "a character device" */
    record Other(ByteString path, Attributes attributes, String what) implements TarEntry {}
}
