package rok.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rok.agent.LiveFolder;
import rok.catalog.Actor;
import rok.catalog.Pause;
import rok.catalog.Version;
import rok.check.Check;
import rok.check.CheckOptions;
import rok.check.CheckReport;
import rok.check.Finding;
import rok.check.Hurt;
import rok.check.Repair;
import rok.check.RepairReport;
import rok.check.TimeBox;
import rok.check.Watch;
import rok.cipher.Share;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.ObjectInfo;
import rok.testkit.S3Server.Kind;

/** A store on a real server, broken object by object, checked and repaired. */
class CheckTest {
    @TempDir
    Path work;

    private static CheckOptions options() {
        return new CheckOptions(100, TimeBox.of(System::nanoTime, Optional.empty()), 4, Actor.system(), Watch.NONE);
    }

    private static CheckReport check(WholeFlow flow, Path cache) {
        return new Check(flow.open(cache), options()).run();
    }

    private static ObjectKey largest(ObjectStore store, String below) {
        try (var objects = store.list(new ObjectKey(below))) {
            return objects.max(java.util.Comparator.comparingLong(ObjectInfo::size))
                    .orElseThrow()
                    .key();
        }
    }

    private static void flip(ObjectStore store, ObjectKey key) {
        var bytes = new byte[store.read(key).orElseThrow().content().remaining()];
        store.read(key).orElseThrow().content().get(bytes);
        bytes[bytes.length / 2] ^= 1;
        store.put(key, ByteBuffer.wrap(bytes), new Condition.Always());
    }

    @Test
    void damageOnAServerIsFoundAndHealed() throws Exception {
        damageIsFoundAndHealed(Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(Share.class)
    void damageOfAnEncryptedStoreToo(Share share) throws Exception {
        damageIsFoundAndHealed(Optional.of(share));
    }

    private void damageIsFoundAndHealed(Optional<Share> share) throws Exception {
        try (var store = Servers.store(Servers.port(Kind.VERSITYGW), Servers.newPrefix())) {
            var folder = WholeFlow.folder(work.resolve("folder"), 11, 3);
            var flow = new WholeFlow(work, store, share);
            flow.create();
            flow.snapshot(folder);
            // A second version, which shares nearly everything
            WholeFlow.folder(folder.resolve("more"), 12, 1);
            var version = flow.snapshot(folder);
            var cache = work.resolve("cache");
            assertThat(check(flow, cache).findings()).isEmpty();

            // The copies in the cache are whole: the store's own bytes are looked at
            var segment = largest(store, "index/");
            flip(store, segment);
            assertThat(check(flow, cache).findings())
                    .extracting(Finding::object)
                    .contains(segment.value());
            assertThat(repair(flow, cache).lost()).isEmpty();

            var pack = largest(store, "packs/");
            flip(store, pack);
            var found = check(flow, cache).findings();
            assertThat(found).hasSize(1);
            assertThat(found.getFirst().object()).startsWith(pack + "@");
            assertThat(found.getFirst().hurts()).isNotEmpty();
            assertThat(repair(flow, cache, folder).lost()).isEmpty();

            pack = largest(store, "packs/");
            store.delete(pack);
            assertThat(check(flow, cache).findings())
                    .extracting(Finding::object)
                    .containsExactly(pack.value());
            // The first version's top folder had another time: nobody has that tree any more
            var lost = repair(flow, cache, folder).lost();
            assertThat(lost).flatExtracting(Finding::hurts).noneMatch(hurt -> isOf(hurt, version));
            assertThat(check(flow, work.resolve("third-cache")).findings())
                    .flatExtracting(Finding::hurts)
                    .isEqualTo(lost.stream()
                            .flatMap(finding -> finding.hurts().stream())
                            .toList());
            flow.restore(version, work.resolve("out"));
            WholeFlow.assertSame(folder, work.resolve("out"));
        }
    }

    private static boolean isOf(Hurt hurt, Version version) {
        return hurt.version().equals(version.url().version().value());
    }

    private static RepairReport repair(WholeFlow flow, Path cache, Path... folders) {
        var sources = List.of(folders).stream().map(LiveFolder::new).toList();
        var report = new Repair(flow.open(cache), options(), List.copyOf(sources), Pause.real()).run();
        assertThat(report.found().isGood()).isFalse();
        return report;
    }
}
