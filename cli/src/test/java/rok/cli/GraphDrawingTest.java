package rok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GraphDrawingTest {
    @Test
    void aChainIsOneRail() {
        assertThat(draw(true, "a", "b: a", "c: b")).isEqualTo("""
                ● a
                ● b
                ● c""");
    }

    @Test
    void theTitanicNotebookFansOutToFiveModelsAndIn() {
        assertThat(draw(
                        true,
                        "loaddata",
                        "prepare: loaddata",
                        "forest: prepare",
                        "log: prepare",
                        "bayes: prepare",
                        "svm: prepare",
                        "tree: prepare",
                        "results: forest log bayes svm tree"))
                .isEqualTo("""
                ● loaddata
                ● prepare
                ├─┬─┬─┬─╮
                ● │ │ │ │ forest
                │ ● │ │ │ log
                │ │ ● │ │ bayes
                │ │ │ ● │ svm
                │ │ │ │ ● tree
                ├─┴─┴─┴─╯
                ● results""");
    }

    @Test
    void aDependencyThatSkipsAStepRunsBesideIt() {
        assertThat(draw(true, "load", "train: load", "evaluate: load train")).isEqualTo("""
                ● load
                ├─╮
                ● │ train
                ├─╯
                ● evaluate""");
    }

    @Test
    void railsCrossWhereTheyMust() {
        assertThat(draw(true, "a", "b: a", "c: a", "d: a", "e: b d", "f: c e")).isEqualTo("""
                ● a
                ├─┬─╮
                ● │ │ b
                │ ● │ c
                │ │ ● d
                ├─┼─╯
                ● │ e
                ├─╯
                ● f""");
    }

    @Test
    void aTerminalWithoutUnicodeGetsAscii() {
        assertThat(draw(false, "a", "b: a", "c: a", "d: b c")).isEqualTo("""
                * a
                +-+
                * | b
                | * c
                +-'
                * d""");
    }

    @Test
    void everyStepOfAnyGraphIsDrawnOnceAndInOrder() {
        var seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var round = 0; round < 300; round++) {
            var steps = new LinkedHashMap<String, List<String>>();
            for (var i = 0; i < random.nextInt(12); i++) {
                steps.put(
                        "s" + i,
                        steps.keySet().stream()
                                .filter(_ -> random.nextInt(3) == 0)
                                .toList());
            }
            var names = GraphDrawing.of(steps, true).stream()
                    .filter(line -> line.contains("●"))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .toList();
            assertThat(names).containsExactlyElementsOf(steps.keySet());
        }
    }

    private static String draw(boolean unicode, String... steps) {
        var dependencies = new LinkedHashMap<String, List<String>>();
        for (var step : steps) {
            var parts = step.split(": ?", 2);
            dependencies.put(parts[0], parts.length == 1 ? List.of() : List.of(parts[1].split(" ")));
        }
        return String.join("\n", GraphDrawing.of(dependencies, unicode));
    }
}
