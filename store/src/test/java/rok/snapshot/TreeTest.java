package rok.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.format.StoreException;

class TreeTest {
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);
    private static final Attributes PLAIN = new Attributes(0644, 1000, 1000, TIME, List.of());
    private static final Content EMPTY = new Content(0, 0, Content.NONE);

    private final MemoryChunks chunks = new MemoryChunks();

    @Test
    void theExampleOfTheFormatPageIsWhatTheWriterWrites() throws IOException {
        var top = new Attributes(0755, 1000, 1000, TIME, List.of());
        var half = new Attributes(0644, 1000, 1000, TIME.plusMillis(500), List.of());
        var xattr = new Attributes.Xattr(ByteString.utf8("user.k"), ByteString.utf8("v"));
        var entries = List.of(
                new Entry.File(ByteString.utf8("a"), half, EMPTY, ByteString.EMPTY),
                new Entry.File(ByteString.utf8("b"), half, EMPTY, ByteString.utf8("a")),
                new Entry.Symlink(
                        ByteString.utf8("c"), new Attributes(0777, 1000, 1000, TIME, List.of()), ByteString.utf8("a")),
                new Entry.Fifo(ByteString.utf8("d"), new Attributes(0644, 1000, 1000, TIME, List.of(xattr))));
        var tree = write(Optional.of(top), entries);
        assertThat(bytes(tree)).isEqualTo(example());
        var reader = new TreeReader(chunks, tree);
        assertThat(reader.self()).contains(top);
        assertThat(reader).toIterable().containsExactlyElementsOf(entries);
    }

    /** The hex column of the first {@code hex} block of docs/format/tree.md. */
    private static byte[] example() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "format", "tree.md"));
        var block = Pattern.compile("```hex\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).isTrue();
        return HexFormat.of().parseHex(hex(block.group(1)));
    }

    private static String hex(String block) {
        var hex = new StringBuilder();
        for (var line : block.lines().toList()) {
            var comment = line.indexOf("   ");
            hex.append((comment < 0 ? line : line.substring(0, comment)).replace(" ", ""));
        }
        return hex.toString();
    }

    @Test
    void entriesOfEveryKindComeBackAsTheyWere() {
        var random = new Random(5);
        var entries = new ArrayList<Entry>();
        for (var i = 0; i < 10_000; i++) {
            entries.add(entry(random, ByteString.utf8("%06d".formatted(i))));
        }
        var tree = write(Optional.empty(), entries);
        assertThat(new TreeReader(chunks, tree)).toIterable().containsExactlyElementsOf(entries);
        assertThat(write(Optional.empty(), entries)).isEqualTo(tree);
        for (var entry : entries.subList(0, 100)) {
            assertThat(EntryCodec.decode(EntryCodec.encode(entry))).isEqualTo(entry);
        }
    }

    private static Entry entry(Random random, ByteString name) {
        var attributes = new Attributes(
                random.nextInt(010000),
                random.nextInt() & 0xffffffffL,
                random.nextInt() & 0xffffffffL,
                Instant.ofEpochSecond(random.nextLong(-1L << 34, 1L << 34), random.nextInt(1_000_000_000)),
                List.of());
        var root = new ChunkId(random.nextLong(), 2, 3, 4);
        return switch (random.nextInt(4)) {
            case 0 -> new Entry.Folder(name, attributes, new Content(99, 0, root), 5, 6);
            case 1 ->
                new Entry.File(name, attributes, new Content(random.nextLong(1L << 62), 3, root), ByteString.EMPTY);
            case 2 -> new Entry.Symlink(name, attributes, ByteString.of(new byte[] {(byte) 0xff, '/', '.', '.'}));
            default -> new Entry.Fifo(name, attributes);
        };
    }

    @Test
    void aMillionEntriesStreamThroughBothWays() {
        var count = 1_000_000;
        var writer = new TreeWriter(new ContentWriter(chunks.lane()), Optional.empty());
        for (var i = 0; i < count; i++) {
            writer.add(new Entry.File(
                    ByteString.utf8("%07d".formatted(i)),
                    PLAIN,
                    new Content(9, 0, new ChunkId(i, i, i, i)),
                    ByteString.EMPTY));
        }
        var reader = new TreeReader(chunks, writer.finish());
        var seen = 0;
        for (; reader.hasNext(); seen++) {
            reader.next();
        }
        assertThat(seen).isEqualTo(count);
    }

    @Test
    void namesThatLeadElsewhereAreRefused() {
        for (var name : List.of("", ".", "..", "a/b", "/", "a\0", "x".repeat(256))) {
            assertThatThrownBy(() -> new Entry.Fifo(ByteString.utf8(name), PLAIN))
                    .isInstanceOf(IllegalArgumentException.class);
            expectCorrupt(out -> out.add(name), "");
        }
        expectCorrupt(out -> out.add("b").add("a"), "\"a\" after \"b\"");
        expectCorrupt(out -> out.add("a").add("a"), "\"a\" after \"a\"");
    }

    @Test
    void everyTruncationAndEveryFlippedBitIsNoticedOrHarmless() {
        var good = new Crafted().add("a").add("b").end(2);
        assertThat(read(good)).hasSize(2);
        for (var length = 0; length < good.length; length++) {
            var cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(StoreException.Corrupt.class);
        }
        for (var bit = 0; bit < good.length * 8; bit++) {
            var flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                for (var entry : read(flipped)) {
                    Entry.checkName(entry.name());
                }
            } catch (StoreException.Corrupt e) {
                assertThat(e).hasMessageContaining("Tree ").hasMessageContaining("at byte");
            }
        }
    }

    @Test
    void absurdNumbersAreRefusedBeforeMemoryIsTaken() {
        expectCorrupt(out -> out.raw("04").raw("ffffffff07"), "the length of a name");
        expectCorrupt(out -> out.raw("04 01 61 808001"), "a mode");
        expectCorrupt(out -> out.raw("04 01 61 00 8080808010"), "a uid");
        expectCorrupt(out -> out.raw("04 01 61 00 00 00 00 8094ebdc03"), "nanoseconds");
        expectCorrupt(out -> out.raw("04 01 61 00 00 00 00 00 ffff03"), "the number of extended attributes");
        expectCorrupt(out -> out.raw("04 01 61 00 00 00 ffffffffffffffffff01 00 00"), "");
        expectCorrupt(out -> out.raw("04 01 61 00 00 00 ffffffffffffffffffff01 00 00"), "more than 64 bits");
        expectCorrupt(out -> out.raw("04 8100"), "longer than it needs");
        expectCorrupt(out -> out.raw("07 01 61 00 00 00 00 00 00"), "unknown kind 7");
        expectCorrupt(out -> out.raw("02 01 61 00 00 00 00 00 00 05 09").raw("11".repeat(32)), "depth 9");
        expectCorrupt(out -> out.raw("02 01 61 00 00 00 00 00 00 00 04 2e2e2f78"), "..");
    }

    private void expectCorrupt(Consumer<Crafted> craft, String what) {
        var crafted = new Crafted();
        craft.accept(crafted);
        assertThatThrownBy(() -> read(crafted.end(crafted.count)))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("Tree ")
                .hasMessageContaining(what);
    }

    private List<Entry> read(byte[] tree) {
        var found = new ArrayList<Entry>();
        var content = tree.length == 0 ? EMPTY : new Content(tree.length, 0, chunks.add(tree));
        new TreeReader(chunks, content).forEachRemaining(found::add);
        return found;
    }

    private Content write(Optional<Attributes> self, Iterable<? extends Entry> entries) {
        var writer = new TreeWriter(new ContentWriter(chunks.lane()), self);
        entries.forEach(writer::add);
        return writer.finish();
    }

    private byte[] bytes(Content content) throws IOException {
        return new ContentInput(chunks, content).readAllBytes();
    }

    /** A tree's bytes put together by hand, whatever sense they make. */
    private static final class Crafted {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int count;

        Crafted() {
            raw("526f6b54 01 00");
        }

        /** A FIFO of that name. */
        Crafted add(String name) {
            var bytes = ByteString.utf8(name).toArray();
            raw("04");
            out.write((bytes.length & 0x7f) | (bytes.length > 127 ? 0x80 : 0));
            if (bytes.length > 127) {
                out.write(bytes.length >> 7);
            }
            out.writeBytes(bytes);
            raw("a403 00 00 00 00 00");
            count++;
            return this;
        }

        Crafted raw(String hex) {
            out.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
            return this;
        }

        byte[] end(int stated) {
            out.write(0);
            out.write(stated);
            return out.toByteArray();
        }
    }
}
