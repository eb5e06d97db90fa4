package rok.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.format.Checksum;
import rok.testkit.Fuzz;

/** Whatever lies where the summaries should: a listing goes on, and what is learnt afterwards is found again. */
class SummaryCacheFuzzTest {
    @TempDir
    Path folder;

    @Test
    void aBrokenCacheOfSummariesIsReadAsFarAsItIsGood() throws Exception {
        var summary = VersionSummary.of(RecordFuzzTest.records().get(2));
        var file = fill(summary);
        var good = List.of(Files.readAllBytes(file));
        var refusals = Set.<Class<? extends RuntimeException>>of(Unreadable.class);
        new Fuzz("cache of summaries", refusals, 16 << 20).run(good, SummaryCacheFuzzTest::repaired, (input, _) -> {
            Files.write(file, input);
            var cache = cache();
            var found = 0;
            for (var i = 0; i < 50; i++) {
                found += cache.find("file/" + i, RecordFuzzTest.URL).isPresent() ? 1 : 0;
                var _ = cache.brief("file/" + i);
            }
            cache.learn("new", summary);
            cache.save();
            cache.compact(new HashSet<>(List.of("new")));
            assertThat(cache().find("new", RecordFuzzTest.URL)).contains(summary);
            if (found < 50) {
                throw new Unreadable();
            }
        });
    }

    /** Some of it was not read, which is how this reader refuses. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private SummaryCache cache() {
        return new SummaryCache(Optional.of(folder), RecordFuzzTest.URL.account(), RecordFuzzTest.URL.bucket());
    }

    private Path fill(VersionSummary summary) throws Exception {
        var cache = cache();
        for (var i = 0; i < 50; i++) {
            cache.learn("file/" + i, summary);
        }
        cache.save();
        return folder.resolve("local/bucket.summaries");
    }

    /** Every entry's checksum right, as far as the lengths lead. */
    private static byte[] repaired(byte[] broken, RandomGenerator random) {
        var bytes = ByteBuffer.wrap(broken);
        for (var at = 8; at + 8 <= broken.length; ) {
            var length = bytes.getInt(at);
            if (length <= 0 || length > broken.length - at - 8) {
                length = broken.length - at - 8;
                bytes.putInt(at, length);
            }
            bytes.putInt(at + 4, Checksum.of(broken, at + 8, length));
            at += 8 + length;
        }
        return broken;
    }
}
