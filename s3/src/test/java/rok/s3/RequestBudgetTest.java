package rok.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.testkit.S3Server.Kind;

/** What a snapshot asks of a server: an object for each 16 MiB of new data, four more, and no listing of what there is. */
class RequestBudgetTest {
    private static final long PACK_BYTES = 16 << 20;

    @TempDir
    Path work;

    @Test
    void aSnapshotKeepsToItsBudgetOfRequests() throws Exception {
        try (var store = Servers.store(Servers.port(Kind.VERSITYGW), Servers.newPrefix())) {
            var flow = new WholeFlow(work, store);
            flow.create();
            var folder = WholeFlow.folder(work.resolve("folder"), 1, 40);
            for (var round = 0; round < 3; round++) {
                var before = store.counters();
                var version = flow.snapshot(folder);
                var after = store.counters();
                var packs = (version.size().stored() + PACK_BYTES - 1) / PACK_BYTES;
                assertThat(after.puts() - before.puts())
                        .as(
                                "objects written, round %d, %d bytes stored",
                                round, version.size().stored())
                        .isLessThanOrEqualTo(packs + 4);
                // The list of index segments, once for each session.
                assertThat(after.lists() - before.lists())
                        .as("lists, round %d", round)
                        .isEqualTo(1);
                assertThat(after.deletes() - before.deletes())
                        .as("merged segments")
                        .isLessThanOrEqualTo(2);
                assertThat(after.retries()).isZero();
                Files.writeString(folder.resolve("small/1"), "round " + round);
            }
        }
    }
}
