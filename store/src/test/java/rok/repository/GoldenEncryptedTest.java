package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.VersionSummary;
import rok.format.StoreException;
import rok.keys.Credential;
import rok.keys.Keys.SlotSummary;
import rok.keys.Unlock;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.FolderObjectStore;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.snapshot.ByteString;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;

/** Bytes that format 2 wrote once: two generations of keys, two slots, an account with keys of its own. Never written anew. */
class GoldenEncryptedTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/v2");
    private static final BucketName BUCKET = new BucketName("\u00dcbungen 1");
    private static final FileName FILE = new FileName(".names.json");

    @TempDir
    Path cache;

    @Test
    void bothSlotsOpenIt() throws Exception {
        var key = Files.readAllBytes(GOLDEN.resolve("key"));
        var passphrase = Files.readString(GOLDEN.resolve("passphrase")).strip().getBytes(StandardCharsets.UTF_8);
        assertHolds(_ -> Credential.keyFile(key.clone()));
        assertHolds(_ -> Credential.passphrase(passphrase.clone()));
        assertThatThrownBy(() -> assertHolds(_ -> Credential.passphrase(new byte[] {'x'})))
                .isInstanceOf(StoreException.Locked.class);
    }

    private void assertHolds(Unlock unlock) throws Exception {
        try (var store = new FolderObjectStore(GOLDEN.resolve("store"))) {
            var all = Repository.open(store, cache, unlock);
            assertThat(all.keys().orElseThrow().slots())
                    .extracting(SlotSummary::label)
                    .containsExactly("", "second");
            assertThat(all.keys().orElseThrow().newest()).isEqualTo(2);
            var repository = all.of("local");
            var chunks = new ArrayList<PackEntry>();
            try (var packs = store.list(PackName.PREFIX)) {
                packs.forEach(info -> {
                    var pack = PackReader.name(info.key());
                    assertThat(PackReader.verify(store, pack, repository.codec()))
                            .isEmpty();
                    chunks.addAll(PackReader.entries(store, pack));
                });
            }
            assertThat(chunks).hasSizeGreaterThan(4);
            var account = new AccountName("local");
            var catalog = new Catalog(store, account, Optional.empty(), Actor.system(), repository.dataKeys());
            assertThat(catalog.versions(BUCKET, FILE).items())
                    .extracting(VersionSummary::title)
                    .containsExactly("after the rotation", "before the rotation");
            var version = catalog.head(BUCKET, FILE).orElseThrow();
            assertThat(names(repository, version.members().getFirst().root()))
                    .containsExactly("empty 0", "sub/", "text.txt 96390");
        }
    }

    private static List<String> names(Repository repository, rok.snapshot.Content root) throws Exception {
        var names = new ArrayList<String>();
        var tree = new TreeReader(repository.reader(), root);
        while (tree.hasNext()) {
            switch (tree.next()) {
                case Entry.File file -> {
                    var bytes = new ContentInput(repository.reader(), file.content()).readAllBytes();
                    names.add(text(file.name()) + " " + bytes.length);
                }
                case Entry.Folder folder -> names.add(text(folder.name()) + "/");
                case Entry other -> names.add(text(other.name()));
            }
        }
        return names;
    }

    private static String text(ByteString name) {
        return name.toString();
    }
}
