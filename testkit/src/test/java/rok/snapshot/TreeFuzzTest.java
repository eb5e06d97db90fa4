package rok.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.testkit.Fuzz;
import rok.testkit.Fuzz.Repair;

/** Trees, kept entries and list chunks whose bytes are what their ids say, and still make no sense. */
class TreeFuzzTest {
    private static final Set<Class<? extends RuntimeException>> CORRUPT = Set.of(StoreException.Corrupt.class);

    @Test
    void aBrokenTreeIsReadOrRefused() {
        var good = List.of(tree(0, true), tree(3, false), tree(60, true));
        new Fuzz("tree", CORRUPT, 32 << 20).run(good, Repair.NONE, (input, _) -> {
            var reader = new TreeReader(new TreeInput(input, "A tree"));
            var last = ByteString.EMPTY;
            while (reader.hasNext()) {
                var entry = reader.next();
                assertThat(entry.name()).isGreaterThan(last);
                last = entry.name();
                Entry.checkName(last);
                var encoded = EntryCodec.encode(entry);
                assertThat(EntryCodec.decode(encoded)).isEqualTo(entry);
            }
        });
    }

    @Test
    void aBrokenKeptEntryIsReadOrRefused() {
        var random = new Random(17);
        var good = new ArrayList<byte[]>();
        for (var i = 0; i < 40; i++) {
            good.add(EntryCodec.encode(entry(random, ByteString.utf8("name" + i))));
        }
        new Fuzz("kept entry", CORRUPT, 4 << 20).run(good, Repair.NONE, (input, _) -> {
            var entry = EntryCodec.decode(input);
            assertThat(EntryCodec.encode(entry)).isEqualTo(input);
        });
    }

    @Test
    void aBrokenListIsReadOrRefused() {
        var chunks = new MapChunks();
        var content = content(chunks);
        assertThat(content.depth()).isEqualTo(2);
        var lists = chunks.chunks.values().stream().filter(TreeFuzzTest::isList).toList();
        assertThat(lists.size()).isGreaterThan(2);
        var refusals = Set.<Class<? extends RuntimeException>>of(
                StoreException.Corrupt.class, StoreException.Missing.class, StoreException.Incompatible.class);
        new Fuzz("list chunk", refusals, 64 << 20).run(lists, Repair.NONE, (input, random) -> {
            var broken = new MapChunks(chunks);
            var root = broken.write(input, 0, Math.min(input.length, ChunkList.DATA_BYTES_MAX));
            var length = random.nextInt(4) == 0 ? random.nextLong(1, Long.MAX_VALUE) : sum(input);
            var read = new Content(length, 1 + random.nextInt(2), root);
            var extents = new Extents(broken, read, 0);
            var at = 0L;
            for (var left = 10_000; left > 0 && extents.hasNext(); left--) {
                var extent = extents.next();
                assertThat(extent.offset()).isEqualTo(at);
                at = extent.end();
                assertThat(at).isBetween(extent.offset() + 1, read.length());
            }
            var bytes = new byte[4096];
            try (var in = new ContentInput(broken, read)) {
                for (var left = 8; left > 0; left--) {
                    in.seek(random.nextLong(read.length()));
                    assertThat(in.read(bytes)).isPositive();
                }
            }
        });
    }

    /** What the items' lengths add up to, so that a list is taken for whole more often. */
    private static long sum(byte[] list) {
        var sum = 0L;
        var bytes = ByteBuffer.wrap(list);
        var step = list.length > 4 && list[4] == ChunkList.VERSION_OF_RANGES
                ? ChunkList.RANGE_BYTES
                : ChunkList.ITEM_BYTES;
        for (var at = ChunkList.HEADER_BYTES; at + step <= list.length; at += step) {
            sum += bytes.getLong(at);
        }
        return Math.max(1, sum);
    }

    private static boolean isList(byte[] chunk) {
        return chunk.length > 4 && ByteBuffer.wrap(chunk).getInt() == ChunkList.MAGIC;
    }

    private static Content content(MapChunks chunks) {
        var random = new Random(19);
        var builder = new ContentBuilder(chunks);
        for (var i = 0; i < 2000; i++) {
            if (i % 50 == 49) {
                builder.hole(1 + random.nextLong(1L << 40));
            } else {
                var plain = new byte[1 + random.nextInt(40)];
                random.nextBytes(plain);
                var length = i < 700 ? 1 + random.nextInt(plain.length) : plain.length;
                builder.add(new Extent(
                        0, length, chunks.write(plain, 0, plain.length), plain.length - length, plain.length));
            }
        }
        return builder.finish();
    }

    private static byte[] tree(int count, boolean self) {
        var random = new Random(count);
        var out = new TreeOutput();
        out.raw(TreeReader.MAGIC);
        out.raw(new byte[] {TreeReader.VERSION, (byte) (self ? 1 : 0)});
        if (self) {
            out.attributes(attributes(random));
        }
        for (var i = 0; i < count; i++) {
            out.entry(entry(random, ByteString.utf8("%03d-é".formatted(i))));
        }
        out.raw(new byte[] {EntryCodec.END, (byte) count});
        return out.take();
    }

    private static Entry entry(Random random, ByteString name) {
        var root = new ChunkId(random.nextLong(), 2, 3, 4);
        var attributes = attributes(random);
        return switch (random.nextInt(4)) {
            case 0 -> new Entry.Folder(name, attributes, new Content(99, 0, root), 5, random.nextLong(1L << 50));
            case 1 ->
                new Entry.File(
                        name,
                        attributes,
                        new Content(random.nextLong(1L << 62), 3, root),
                        random.nextBoolean() ? ByteString.EMPTY : ByteString.utf8("a/b/" + random.nextInt()));
            case 2 -> new Entry.Symlink(name, attributes, ByteString.of(new byte[] {(byte) 0xff, '/', '.', '.'}));
            default -> new Entry.Fifo(name, attributes);
        };
    }

    private static Attributes attributes(Random random) {
        var xattrs = new ArrayList<Attributes.Xattr>();
        for (var i = random.nextInt(3); i > 0; i--) {
            var value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            xattrs.add(new Attributes.Xattr(ByteString.utf8("user." + (9 - i)), ByteString.of(value)));
        }
        return new Attributes(
                random.nextInt(010000),
                random.nextInt() & 0xffffffffL,
                random.nextInt() & 0xffffffffL,
                Instant.ofEpochSecond(random.nextLong(-1L << 34, 1L << 34), random.nextInt(1_000_000_000)),
                xattrs);
    }
}
