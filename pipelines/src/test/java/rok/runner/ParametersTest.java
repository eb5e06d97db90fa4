package rok.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rok.pipeline.Pipeline;

class ParametersTest {
    private static final Pipeline PIPELINE = new Pipeline(
            "p",
            "",
            "p",
            "p.ipynb",
            List.of(
                    new Pipeline.Parameter("n", "int", 5L),
                    new Pipeline.Parameter("rate", "float", 0.1),
                    new Pipeline.Parameter("name", "str", "x"),
                    new Pipeline.Parameter("on", "bool", true)),
            List.of(),
            List.of(),
            List.of(),
            new Pipeline.Settings(false, false, Optional.empty(), Map.of()),
            List.of());

    @Test
    void valuesAreOfTheTypeThatTheNotebookSays() {
        assertThat(Parameters.of(PIPELINE, Map.of("n", "-7", "rate", "1e-3", "name", "a=b", "on", "False")))
                .isEqualTo(Map.of("n", new BigInteger("-7"), "rate", 0.001, "name", "a=b", "on", false));
        assertThat(Parameters.of(PIPELINE, Map.of("rate", "2")))
                .isEqualTo(Map.of("n", 5L, "rate", 2.0, "name", "x", "on", true));
    }

    @Test
    void aValueOfAnotherTypeAndAnUnknownNameAreRefused() {
        for (var wrong : List.of(Map.of("n", "1.5"), Map.of("rate", "fast"), Map.of("on", "maybe"), Map.of("n", ""))) {
            assertThatThrownBy(() -> Parameters.of(PIPELINE, wrong))
                    .isInstanceOf(RunException.class)
                    .hasMessageMatching("The parameter '.*' is of type .*, and '.*' is not");
        }
        assertThatThrownBy(() -> Parameters.of(PIPELINE, Map.of("m", "1")))
                .isInstanceOfSatisfying(
                        RunException.class, e -> assertThat(e.hint()).contains("n (int)"))
                .hasMessage("The notebook has no parameter 'm'");
    }
}
