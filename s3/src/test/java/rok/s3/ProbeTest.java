package rok.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rok.object.ObjectStore;
import rok.object.Probe;
import rok.object.Probe.Check;
import rok.object.Probe.Result;
import rok.testkit.S3Server.Kind;
import rok.testkit.SmallS3Server;

class ProbeTest {
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aServerThatHonoursConditionsPassesAndNothingIsLeftThere(Kind kind) throws Exception {
        try (var store = Servers.store(Servers.port(kind), Servers.newPrefix())) {
            var checks = probe(store);
            assertThat(checks).allMatch(check -> check.result() == Result.OK, checks.toString());
            assertThat(checks.stream().map(Check::name))
                    .contains("if absent", "race to create", "large object", "clock");
            assertThat(Probe.refusal(checks)).isEmpty();
            assertThat(store.isEmpty()).isTrue();
        }
    }

    @Test
    void aServerThatIgnoresConditionsIsRefusedWithTheReason() throws Exception {
        try (var server = new SmallS3Server(false, Duration.ZERO);
                var store = Servers.store(server.port(), "prefix")) {
            var checks = probe(store);
            assertThat(checks.stream().filter(c -> c.result() == Result.FATAL).map(Check::name))
                    .contains("if absent", "if matches", "race to create", "race to replace");
            assertThat(Probe.refusal(checks)).contains("the second was done as well: the condition is ignored");
            assertThat(store.isEmpty()).isTrue();
        }
    }

    private static List<Check> probe(ObjectStore store) {
        return new Probe(store, new Random(1), System::nanoTime).run();
    }
}
