package rok.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.format.Json;
import rok.format.JsonValue;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;

/** The hex examples of docs/format are what the code reads. */
class FormatDocumentsTest {
    private static final ChunkId HELLO =
            ChunkId.parse("b23523eb858a3c546d1be9a6b7cd741518c52b20217669deae9e62032dd2bdd9");
    private static final ChunkId ZEROS =
            ChunkId.parse("541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53");
    private static final PackName PACK = PackName.parse("000102030405060708090a0b0c0d0e0f");

    @Test
    void theSealedDocumentUnseals() throws IOException {
        var bytes = example("repository.md", "sealed");
        var expected = JsonValue.object().put("a", 1).end();
        assertThat(Json.unseal(ByteBuffer.wrap(bytes), "example")).isEqualTo(expected);
        assertThat(Json.seal(expected)).isEqualTo(bytes);
    }

    @Test
    void theRecordDecodes() throws IOException {
        var record = example("chunk.md", "record");
        var plain = new byte[64];
        var length = new ChunkCodec().decode(HELLO, record, 0, record.length, plain, 0, plain.length, "example");
        assertThat(new String(plain, 0, length, UTF_8)).isEqualTo("hello, rok\n");
    }

    @Test
    void thePackListsItsChunks() throws IOException {
        var store = new MemoryObjectStore();
        store.put(PACK.key(), ByteBuffer.wrap(example("pack.md", "pack")), new Condition.IfAbsent());
        assertThat(PackReader.entries(store, PACK))
                .containsExactly(new PackEntry(HELLO, 8, 23, 11), new PackEntry(ZEROS, 31, 31, 1000));
        assertThat(PackReader.verify(store, PACK, new ChunkCodec())).isEmpty();
    }

    @Test
    void theSegmentFindsItsChunks() throws IOException {
        var segment = new IndexSegment(new ObjectKey("index/0/x"), ByteBuffer.wrap(example("index.md", "segment")));
        assertThat(segment.locate(HELLO)).contains(new Location(PACK, 8, 23, 11));
        assertThat(segment.locate(ZEROS)).contains(new Location(PACK, 31, 31, 1000));
        assertThat(segment.contains(new ChunkId(1, 2, 3, 4))).isFalse();
    }

    private static byte[] example(String page, String name) throws IOException {
        var text = Files.readString(Path.of("..", "docs", "format", page));
        var block =
                Pattern.compile("```hex " + name + "\n(.*?)```", Pattern.DOTALL).matcher(text);
        assertThat(block.find()).as(page + " has an example " + name).isTrue();
        return HexFormat.of().parseHex(block.group(1).replaceAll("\\s", ""));
    }
}
