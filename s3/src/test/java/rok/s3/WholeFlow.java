package rok.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import rok.agent.Progress;
import rok.agent.Restorer;
import rok.agent.SnapshotRequest;
import rok.agent.Snapshotter;
import rok.agent.StatCaches;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.cipher.Secret;
import rok.cipher.Share;
import rok.keys.Credential;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.ObjectStore;
import rok.repository.Repository;
import rok.volume.Existing;

/**
 * A snapshot of a folder and its restore, each as a process of its own would do it.
 *
 * @param share who shares keys with whom, where the store is encrypted
 */
record WholeFlow(Path work, ObjectStore objects, Optional<Share> share) {
    private static final AccountName ACCOUNT = new AccountName("local");

    WholeFlow(Path work, ObjectStore objects) {
        this(work, objects, Optional.empty());
    }

    /** Makes a folder of large and small files whose content depends on the seed. */
    static Path folder(Path at, long seed, int megabytes) throws IOException {
        var random = new Random(seed);
        Files.createDirectories(at.resolve("small"));
        for (var i = 0; i < megabytes; i++) {
            var content = new byte[1 << 20];
            random.nextBytes(content);
            Files.write(at.resolve("large-" + i), content);
        }
        for (var i = 0; i < 200; i++) {
            Files.writeString(at.resolve("small/" + i), "file %d of %d".formatted(i, seed));
        }
        return at;
    }

    void create() {
        var cache = work.resolve("cache");
        if (share.isEmpty()) {
            Repository.create(objects, cache);
            return;
        }
        try (var key = key()) {
            Repository.createEncrypted(
                    objects, cache, new Repository.Encryption(share.get(), key, "first", Instant.EPOCH));
        }
    }

    Repository open(Path cache) {
        return share.isPresent() ? Repository.open(objects, cache, _ -> key()) : Repository.open(objects, cache);
    }

    private static Credential key() {
        return Credential.keyFile(new byte[Secret.BYTES]);
    }

    Version snapshot(Path folder) {
        var repository = open(work.resolve("cache")).of(ACCOUNT.value());
        return new Snapshotter(
                        repository,
                        catalog(repository, "cache"),
                        new StatCaches(work.resolve("cache"), repository),
                        InstantSource.system())
                .snapshot(
                        new SnapshotRequest(
                                new BucketName("tests"),
                                new FileName("file"),
                                "",
                                "",
                                Map.of(),
                                Map.of(),
                                List.of(new SnapshotRequest.Volume("folder", folder, "")),
                                Optional.empty()),
                        Progress.NONE);
    }

    /** As another machine, which has nothing in its cache. */
    Restorer.Outcome restore(Version version, Path into) {
        var cache = work.resolve("other-cache");
        var repository = open(cache).of(ACCOUNT.value());
        var catalog = catalog(repository, "other-cache");
        var found = catalog.resolve(version.url().toString());
        assertThat(found.version().hash()).isEqualTo(version.hash());
        return new Restorer(repository.reader(), catalog, new StatCaches(cache, repository))
                .restore(found.version(), found.version().members(), into, List.of(), Existing.REFUSE, Progress.NONE);
    }

    private Catalog catalog(Repository repository, String cache) {
        return new Catalog(
                objects,
                ACCOUNT,
                Optional.of(work.resolve(cache).resolve(repository.id())),
                Actor.system(),
                repository.dataKeys());
    }

    static void assertSame(Path expected, Path actual) throws IOException {
        try (var files = Files.walk(expected)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var other = actual.resolve(expected.relativize(file));
                assertThat(Files.mismatch(file, other)).as("%s", other).isEqualTo(-1);
            }
        }
        try (var ours = Files.walk(expected);
                var theirs = Files.walk(actual)) {
            assertThat(theirs.count()).isEqualTo(ours.count());
        }
    }
}
