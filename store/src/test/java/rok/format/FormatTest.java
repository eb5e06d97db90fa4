package rok.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatTest {
    @Test
    void whatIsWrittenIsRead() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var writer = new ByteWriter(1 << 20);
        var numbers = random.longs(500).map(n -> n >>> random.nextInt(1, 64)).toArray();
        writer.magic(new Magic("ROKTEST", 3))
                .u8(250)
                .u16(65_000)
                .u32(4_000_000_000L)
                .i64(-5);
        for (var number : numbers) {
            writer.varint(number).signedVarint(number / 2).signedVarint(-number / 2);
        }
        writer.bytesWithLength(new byte[] {1, 2, 3});
        var reader = new ByteReader(ByteBuffer.wrap(writer.toByteArray()), "test");
        reader.magic(new Magic("ROKTEST", 3));
        assertThat(List.of((long) reader.u8(), (long) reader.u16(), reader.u32(), reader.i64()))
                .containsExactly(250L, 65_000L, 4_000_000_000L, -5L);
        for (var number : numbers) {
            assertThat(reader.varint()).as("seed %d", seed).isEqualTo(number);
            assertThat(reader.signedVarint()).isEqualTo(number / 2);
            assertThat(reader.signedVarint()).isEqualTo(-number / 2);
        }
        assertThat(reader.bytesWithLength(3)).containsExactly(1, 2, 3);
        reader.end();
    }

    @Test
    void countsAndLengthsAreNotBelieved() {
        var writer = new ByteWriter(100).varint(1_000_000_000_000L).u8(0);
        var bytes = ByteBuffer.wrap(writer.toByteArray());
        assertThatThrownBy(() -> new ByteReader(bytes, "the list").count(1))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("the list");
        assertThatThrownBy(() -> new ByteReader(bytes, "the list").bytesWithLength(Integer.MAX_VALUE))
                .isInstanceOf(StoreException.Corrupt.class);
        assertThatThrownBy(() -> new ByteReader(ByteBuffer.wrap(new byte[] {(byte) 0x80, 0}), "x").varint())
                .isInstanceOf(StoreException.Corrupt.class);
        assertThatThrownBy(() -> new ByteReader(ByteBuffer.wrap(new byte[3]), "x").u32())
                .isInstanceOf(StoreException.Corrupt.class);
    }

    @Test
    void aNewerMagicAsksForAnUpgrade() {
        var bytes =
                ByteBuffer.wrap(new ByteWriter(8).magic(new Magic("ROKTEST", 9)).toByteArray());
        assertThatThrownBy(() -> new ByteReader(bytes, "tree").magic(new Magic("ROKTEST", 2)))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("upgrade");
        assertThatThrownBy(() -> new ByteReader(bytes, "tree").magic(new Magic("ROKOTHR", 9)))
                .isInstanceOf(StoreException.Corrupt.class);
    }

    @Test
    void aSealedDocumentShowsEveryFlippedBit() {
        var document = JsonValue.object()
                .put("name", "schön \" \\ \n")
                .put("list", JsonValue.ofStrings(List.of("a", "b")))
                .put("n", -7)
                .put("yes", true)
                .end();
        var sealed = Json.seal(document);
        assertThat(Json.unseal(ByteBuffer.wrap(sealed), "x")).isEqualTo(document);
        assertThat(Json.parse(ByteBuffer.wrap(sealed), "x").members()).containsKey("crc32c");
        for (var at = 0; at < sealed.length * 8; at++) {
            var bad = sealed.clone();
            bad[at / 8] ^= (byte) (1 << at % 8);
            assertThatThrownBy(() -> Json.unseal(ByteBuffer.wrap(bad), "the record"))
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining("the record");
        }
        for (var length = 0; length < sealed.length; length++) {
            var cut = ByteBuffer.wrap(sealed, 0, length);
            assertThatThrownBy(() -> Json.unseal(cut, "x")).isInstanceOf(StoreException.Corrupt.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "{",
                "{\"a\":}",
                "{\"a\":1}{",
                "{\"a\":1,\"a\":2}",
                "{\"a\":99999999999999999999}",
                "{a:1}",
                "{\"a\":\"\u0001\"}",
                "{\"a\":[1,2}",
                "nonsense"
            })
    void brokenDocumentsAreCorruptAndNamed(String text) {
        assertThatThrownBy(() -> Json.parse(ByteBuffer.wrap(text.getBytes(UTF_8)), "the record"))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("the record");
    }

    @Test
    void depthIsBounded() {
        var text = "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}";
        assertThatThrownBy(() -> Json.parse(ByteBuffer.wrap(text.getBytes(UTF_8)), "x"))
                .isInstanceOf(StoreException.Corrupt.class);
    }

    @Test
    void fieldsNameTheirPath() {
        var inner = JsonValue.object().put("size", "much").end();
        var fields = JsonFields.of(
                "record x",
                JsonValue.object().put("members", JsonValue.of(List.of(inner))).end());
        assertThatThrownBy(() -> fields.list("members").getFirst().integer("size"))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessage("record x is corrupt: its field members[0].size is not an integer");
        assertThatThrownBy(() -> fields.string("title")).hasMessageContaining("title is missing");
    }
}
