package rok.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static rok.catalog.Fixture.BUCKET;
import static rok.catalog.Fixture.FILE;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rok.format.StoreException;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.NameException;
import rok.object.MemoryObjectStore;

class ResolveTest {
    private final Fixture fixture = new Fixture();
    private final Catalog catalog = fixture.catalog(new MemoryObjectStore());

    @Test
    void everyUnambiguousFormNamesTheVersion() {
        var first = fixture.commit(catalog, "first");
        fixture.pass(Duration.ofDays(30));
        var second = fixture.commit(catalog, "second");
        var id = first.url().version().value();
        for (var text : new String[] {
            first.url().toString(),
            "https://gateway.example" + first.url(),
            "bucket/file@" + id,
            "bucket/file@" + id.substring(0, 8),
            "bucket/file@" + id.substring(0, 13).replace("-", ""),
            id,
            id.substring(0, 8).toUpperCase(Locale.ROOT),
            id.substring(0, 15)
        }) {
            assertThat(catalog.resolve(text).version()).as(text).isEqualTo(first);
            assertThat(catalog.resolve(text).member()).isEmpty();
        }
        assertThat(catalog.resolve("bucket/file").version()).isEqualTo(second);
    }

    @Test
    void whatCanMeanSeveralVersionsIsRefusedWithTheCandidates() {
        var first = fixture.commit(catalog, "first");
        var second = fixture.commit(catalog, "second");
        var common = first.url().version().value().substring(0, 8);
        for (var text : new String[] {common, "bucket/file@" + common}) {
            assertThatThrownBy(() -> catalog.resolve(text))
                    .isInstanceOf(AmbiguousNameException.class)
                    .hasMessageContaining("can mean 2 versions")
                    .hasMessageContaining("bucket/file@" + first.url().version())
                    .hasMessageContaining("bucket/file@" + second.url().version());
        }
    }

    @Test
    void aMemberIsFoundByEverySplitOfItsName() {
        var file = new FileName("my_run");
        var group = fixture.commit(catalog, BUCKET, file, "group", "workspace", "data_1");
        for (var volume : new String[] {"workspace", "data_1"}) {
            for (var text : new String[] {
                group.url().member(volume).toString(),
                "bucket/my_run_" + volume,
                "bucket/my_run_" + volume + "@" + group.url().version().value().substring(0, 8)
            }) {
                var found = catalog.resolve(text);
                assertThat(found.version()).isEqualTo(group);
                assertThat(found.member())
                        .get()
                        .extracting(Version.Member::name)
                        .isEqualTo(volume);
                assertThat(found.url()).isEqualTo(group.url().member(volume));
            }
        }
        assertThatThrownBy(() -> catalog.find(group.url().member("data"))).isInstanceOf(StoreException.Missing.class);
    }

    @Test
    void aFileOfExactlyTheNameComesBeforeAMember() {
        fixture.commit(catalog, BUCKET, new FileName("a"), "group", "b");
        var exact = fixture.commit(catalog, BUCKET, new FileName("a_b"), "file", "c");
        assertThat(catalog.resolve("bucket/a_b").version()).isEqualTo(exact);
        assertThat(catalog.find(exact.url()).member()).isEmpty();
    }

    @Test
    void aFileMayHaveAnAtInItsName() {
        var version = fixture.commit(catalog, BUCKET, new FileName("me@home"), "t");
        assertThat(catalog.resolve("bucket/me@home").version()).isEqualTo(version);
        var id = version.url().version().value();
        assertThat(catalog.resolve("bucket/me@home@" + id.substring(0, 13)).version())
                .isEqualTo(version);
    }

    @Test
    void whatIsNotThereIsSaidByItsName() {
        fixture.commit(catalog, "first");
        missing("nobucket/file", "There is no bucket nobucket");
        missing("bucket/nofile", "Bucket bucket has no file nofile");
        missing("bucket/file@ffff", "no version that begins with ffff");
        missing("ffffffff", "No version begins with ffffffff");
        missing(
                "/rok/swift/v1/local/bucket/file?version=01900000-0000-7000-8000-000000000000",
                "There is no version /rok/swift");
        missing("/rok/swift/v1/other/bucket/file?version=01900000-0000-7000-8000-000000000000", "There is no version");
        try (var pending = catalog.begin(BUCKET, new FileName("new"), "", Map.of())) {
            missing("bucket/new", "has no finished version");
            missing("bucket/new@" + pending.url().version(), "still being written");
            assertThat(catalog.look(catalog.locate(pending.url().toString()).url())
                            .state())
                    .isEqualTo(VersionState.PENDING);
        }
    }

    @Test
    void whatIsNoNameIsWrongUsage() {
        for (var text :
                new String[] {"", "what is it", "abc", "bucket/", "/x", "../x", "bucket/..", "b\n/f", "ftp://x/"}) {
            assertThatThrownBy(() -> catalog.resolve(text)).as("'%s'", text).isInstanceOf(NameException.class);
        }
    }

    @Test
    void aStoreWithNothingInItSaysSo() {
        var empty = fixture.catalog(new MemoryObjectStore(), Fixture.ME, Optional.empty());
        assertThat(empty.buckets()).isEmpty();
        assertThat(empty.bucket(BUCKET)).isEmpty();
        assertThat(empty.head(BUCKET, FILE)).isEmpty();
        assertThat(empty.sweep()).isZero();
        assertThatThrownBy(() -> empty.files(new BucketName("x"))).isInstanceOf(StoreException.Missing.class);
    }

    private void missing(String text, String message) {
        assertThatThrownBy(() -> catalog.resolve(text))
                .as(text)
                .isInstanceOf(StoreException.Missing.class)
                .hasMessageContaining(message);
    }
}
