import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;

/**
 * What a first snapshot and a restore are made of, each part by itself, in one warm thread: files found and read, cut, hashed,
 * compressed, written; read, decompressed and hashed, and written as files. {@code Alone TREE WORK} prints {@code part
 * seconds}, of the second of two rounds.
 */
final class Alone {
    private static final int SEGMENT_BYTES = 32 << 20;
    private static final int PACK_BYTES = 16 << 20;

    private final ChunkCodec codec = new ChunkCodec();
    private final Set<ChunkId> known = new HashSet<>();
    private final byte[] record = new byte[ChunkCodec.RECORD_BYTES_MAX];
    private final ByteBuffer pack = ByteBuffer.allocateDirect(PACK_BYTES + ChunkCodec.RECORD_BYTES_MAX);
    private final List<Path> packs = new ArrayList<>();
    private final Path work;
    private long find, read, cut, hash, compress, write, load, decode, files;

    private Alone(Path work) {
        this.work = work;
    }

    public static void main(String[] arguments) throws IOException {
        for (var round = 1; ; round++) {
            var alone = new Alone(Files.createDirectories(Path.of(arguments[1]).resolve("round" + round)));
            alone.run(Path.of(arguments[0]));
            if (round == 2) {
                alone.tell();
                return;
            }
        }
    }

    private void run(Path tree) throws IOException {
        var started = System.nanoTime();
        List<Path> found;
        try (var all = Files.walk(tree)) {
            found = all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList();
        }
        find += System.nanoTime() - started;
        var segment = new byte[SEGMENT_BYTES];
        for (var file : found) {
            take(file, segment);
        }
        flush();
        restore();
    }

    private void take(Path file, byte[] segment) throws IOException {
        var started = System.nanoTime();
        try (var channel = FileChannel.open(file)) {
            for (var length = fill(channel, segment); length > 0; length = fill(channel, segment)) {
                read += System.nanoTime() - started;
                store(segment, length);
                started = System.nanoTime();
            }
        }
        read += System.nanoTime() - started;
    }

    private static int fill(FileChannel channel, byte[] segment) throws IOException {
        var into = ByteBuffer.wrap(segment);
        while (into.hasRemaining() && channel.read(into.limit(Math.min(segment.length, into.position() + (256 << 10)))) > 0) {
            into.limit(segment.length);
        }
        return into.position();
    }

    private void store(byte[] segment, int length) throws IOException {
        var ends = new ArrayList<Integer>();
        var started = System.nanoTime();
        for (var at = 0; at < length; at = ends.getLast()) {
            ends.add(Chunker.cut(segment, at, length));
        }
        cut += System.nanoTime() - started;
        var from = 0;
        for (var end : ends) {
            started = System.nanoTime();
            var id = codec.id(segment, from, end - from);
            var hashed = System.nanoTime();
            hash += hashed - started;
            if (known.add(id)) {
                pack.put(record, 0, codec.encode(id, segment, from, end - from, record, 0));
                compress += System.nanoTime() - hashed;
                if (pack.position() >= PACK_BYTES) {
                    flush();
                }
            }
            from = end;
        }
    }

    private void flush() throws IOException {
        var started = System.nanoTime();
        var path = work.resolve("pack" + packs.size());
        try (var channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            pack.flip();
            while (pack.hasRemaining()) {
                channel.write(pack);
            }
            channel.force(false);
        }
        packs.add(path);
        pack.clear();
        write += System.nanoTime() - started;
    }

    /** As many files as chunks would be too many: the mean of the tree, three chunks in four files, is what is written. */
    private void restore() throws IOException {
        var plain = new byte[Chunker.CHUNK_BYTES_MAX];
        var number = 0;
        for (var path : packs) {
            var started = System.nanoTime();
            var bytes = Files.readAllBytes(path);
            load += System.nanoTime() - started;
            for (var at = 0; at < bytes.length; ) {
                started = System.nanoTime();
                var length = ChunkCodec.lengthAt(bytes, at, bytes.length);
                codec.recover(bytes, at, length, plain, "a pack");
                var decoded = System.nanoTime();
                decode += decoded - started;
                var size = (bytes[at + 5] & 0xff) << 16 | (bytes[at + 6] & 0xff) << 8 | bytes[at + 7] & 0xff;
                try (var file = FileChannel.open(
                        work.resolve("file" + number++), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    file.write(ByteBuffer.wrap(plain, 0, size));
                }
                files += System.nanoTime() - decoded;
                at += length;
            }
        }
    }

    private void tell() {
        tell("find", find);
        tell("read", read);
        tell("cut", cut);
        tell("hash", hash);
        tell("compress", compress);
        tell("write", write);
        tell("load", load);
        tell("decode", decode);
        tell("files", files);
    }

    private static void tell(String part, long nanos) {
        System.out.printf("%s %.3f%n", part, nanos / 1e9);
    }
}
