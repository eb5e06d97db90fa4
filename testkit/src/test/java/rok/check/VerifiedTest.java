package rok.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.object.MemoryObjectStore;

class VerifiedTest {
    @TempDir
    Path temp;

    @Test
    void theExampleOfThePageIsWhatIsWritten() throws Exception {
        var page = Files.readString(Path.of("..", "docs", "format", "verified.md"));
        var hex = page.substring(page.indexOf("```hex verified") + 15);
        var example =
                HexFormat.of().parseHex(hex.substring(0, hex.indexOf("```")).replaceAll("\\s", ""));
        assertThat(VerifiedBytes.of(temp)).isEqualTo(example);
    }

    @Test
    void everyBrokenByteMakesItNone() throws Exception {
        var good = VerifiedBytes.of(temp);
        var store = new MemoryObjectStore();
        var name = rok.pack.PackName.parse("000102030405060708090a0b0c0d0e0f");
        store.put(name.key(), java.nio.ByteBuffer.allocate(1), new rok.object.ObjectStore.Condition.IfAbsent());
        var packs = PackList.of(store, _ -> {});
        assertThat(new Verified(temp).times(packs)).containsExactly(1_700_000_000L);
        for (var at = 0; at < good.length; at++) {
            var broken = good.clone();
            broken[at] ^= 1;
            Files.write(temp.resolve(Verified.FILE), broken);
            assertThat(new Verified(temp).times(packs)).as("byte " + at).containsExactly(0L);
            Files.write(temp.resolve(Verified.FILE), java.util.Arrays.copyOf(good, at));
            assertThat(new Verified(temp).times(packs)).as("cut at " + at).containsExactly(0L);
        }
    }
}
