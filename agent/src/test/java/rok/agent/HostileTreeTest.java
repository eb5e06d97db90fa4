package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Version;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.TreeWriter;

/** Versions that somebody crafted: nothing outside of the target is ever touched. */
class HostileTreeTest {
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, List.of());

    @TempDir
    Path temporary;

    private TestStore store;

    @BeforeEach
    void open() {
        store = new TestStore(temporary);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aNameThatLeadsUpwardsIsDamageAndTheRestIsRestored() throws Exception {
        var evil = raw("526f6b5401 00" + fifo("2e2e2f6f7574") + "0001");
        var up = raw("526f6b540100" + fifo("2e2e") + "0001");
        var top = tree(
                new Entry.Folder(ByteString.utf8("a"), PLAIN, evil, 1, 0),
                new Entry.Folder(ByteString.utf8("b"), PLAIN, up, 1, 0),
                new Entry.Fifo(ByteString.utf8("c"), PLAIN));
        var outcome = restore(top);
        assertThat(outcome.damaged()).hasSize(2).allMatch(d -> d.contains("can't be named"));
        assertThat(temporary.resolve("target/c")).exists();
        assertThat(temporary.resolve("out")).doesNotExist();
        assertThat(temporary.resolve("target/out")).doesNotExist();
    }

    @Test
    void aHardLinkThroughASymbolicLinkBecomesAFileOfItsOwn() throws Exception {
        var secret = Files.writeString(temporary.resolve("secret"), "outside");
        var top = tree(
                new Entry.Symlink(ByteString.utf8("a"), PLAIN, ByteString.utf8(temporary.toString())),
                new Entry.File(ByteString.utf8("b"), PLAIN, data("inside"), ByteString.utf8("a/secret")),
                new Entry.File(ByteString.utf8("c"), PLAIN, data("inside"), ByteString.utf8("not/there")));
        var outcome = restore(top);
        assertThat(outcome.damaged()).isEmpty();
        assertThat(temporary.resolve("target/b")).hasContent("inside");
        assertThat(temporary.resolve("target/c")).hasContent("inside");
        assertThat(secret).hasContent("outside");
        assertThat(Files.getAttribute(secret, "unix:nlink")).isEqualTo(1);
    }

    private Restorer.Outcome restore(Content top) {
        var member = new Version.Member("v", "directory", "", top, 0, 0);
        try (var pending = store.catalog.begin(new BucketName("b"), new FileName("f"), "", Map.of())) {
            return store.restore(pending.commit(version(pending.url(), member)), temporary.resolve("target"));
        }
    }

    private static Version version(RokUrl url, Version.Member member) {
        return new Version(
                url,
                Instant.EPOCH,
                "",
                "",
                Map.of(),
                Map.of(),
                "",
                new Version.Size(0, 0, 0),
                List.of(member),
                Optional.empty(),
                List.of());
    }

    private static String fifo(String nameHex) {
        return "04%02x".formatted(nameHex.length() / 2) + nameHex + "a4030000000000";
    }

    private Content raw(String hex) {
        return write(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private Content data(String text) {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    private Content write(byte[] bytes) {
        try (var writer = store.repository.writer();
                var lane = writer.lane()) {
            var content = new ContentWriter(lane);
            content.write(bytes, 0, bytes.length);
            var named = content.finish();
            writer.flush();
            return named;
        }
    }

    private Content tree(Entry... entries) {
        try (var writer = store.repository.writer();
                var lane = writer.lane()) {
            var tree = new TreeWriter(
                    new ContentWriter(lane), Optional.of(new Attributes(0755, 0, 0, Instant.EPOCH, List.of())));
            for (var entry : entries) {
                tree.add(entry);
            }
            var named = tree.finish();
            writer.flush();
            return named;
        }
    }
}
