package rok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.UsageMessageSpec;

class HelpTest {
    static Stream<String> commands() {
        return Commands.ALL.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void whatIsSaidAtTheEndIsNotBrokenAnew(String name) {
        var command = Objects.requireNonNull(Commands.ALL.get(name));
        var spec = Main.commandLine(name, command.get(), new GlobalOptions()).getCommandSpec();
        assertThat(spec.usageMessage().footer())
                .allSatisfy(line -> assertThat(line.formatted()).hasSizeLessThan(UsageMessageSpec.DEFAULT_USAGE_WIDTH));
    }

    @Test
    void theListOfCommandsFitsAScreenAndNamesEach() {
        assertThat(Main.HELP.lines())
                .hasSizeLessThanOrEqualTo(24)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(UsageMessageSpec.DEFAULT_USAGE_WIDTH));
        assertThat(Commands.ALL.keySet().stream().filter(name -> !name.startsWith("_")))
                .allSatisfy(name -> assertThat(Main.HELP).containsPattern("\\b" + name + "\\b"));
    }
}
