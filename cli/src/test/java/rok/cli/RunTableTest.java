package rok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rok.runner.StepState;

class RunTableTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void everyStepHasALineWhereThereIsRoomAndClocksGoOn() {
        var table = new RunTable(List.of("load", "train", "report"), 0);
        table.storing("load");
        table.stored("load", 0.25);
        table.started("load", SECOND);
        table.cell("load", 1, 4);
        table.ended("load", StepState.SUCCEEDED, 2.5);
        table.storing("train");
        table.stored("train", 0.5);
        table.started("train", 4 * SECOND);
        table.cell("train", 0, 3);
        assertThat(table.lines(9 * SECOND, 80, 24, false))
                .containsExactly(
                        "  load    succeeded      2/4       2.50 s  snapshots 0.25 s",
                        "  train   running        1/3          5 s  snapshots 0.50 s",
                        "  report  waiting",
                        "  1 of 3 steps ended, 1 under way, 9 s");
        assertThat(table.lines(10 * SECOND, 80, 24, false).get(1)).contains("6 s");
    }

    @Test
    void ofManyStepsThoseUnderWayAndThoseThatEndedLastAreShown() {
        var names = IntStream.range(0, 40).mapToObj("step%02d"::formatted).toList();
        var table = new RunTable(names, 0);
        for (var i = 0; i < 30; i++) {
            table.started(names.get(i), SECOND);
        }
        for (var i = 27; i >= 0; i--) {
            table.ended(names.get(i), StepState.SUCCEEDED, 1);
        }
        var lines = table.lines(2 * SECOND, 80, 11, false);
        assertThat(lines).hasSize(6);
        assertThat(lines.stream().limit(5).map(line -> line.strip().substring(0, 6)))
                .containsExactly("step00", "step01", "step02", "step28", "step29");
        assertThat(lines.getLast()).isEqualTo("  28 of 40 steps ended, 2 under way, 2 s");
    }

    @Test
    void aSmallTerminalKeepsTheCountAndLongNamesAreCut() {
        var table = new RunTable(List.of("n".repeat(100), "b"), 0);
        table.started("b", 0);
        table.ended("b", StepState.FAILED, 0);
        assertThat(table.lines(0, 80, 6, false)).containsExactly("  1 of 2 steps ended, 1 failed, 0 s");
        assertThat(table.lines(0, 30, 24, false)).hasSize(1);
        assertThat(table.lines(0, 80, 24, false).getFirst()).startsWith("  " + "n".repeat(39) + "…  waiting");
    }

    @Test
    void coloursTakeNoRoomAndEndWhereALineIsCut() {
        var table = new RunTable(List.of("a"), 0);
        table.started("a", 0);
        var plain = table.lines(SECOND, 80, 24, false).getFirst();
        var coloured = table.lines(SECOND, 80, 24, true).getFirst();
        assertThat(Terminal.length(coloured)).isEqualTo(plain.length());
        assertThat(coloured).contains("\u001b[36mrunning").contains("\u001b[0m");
        assertThat(Terminal.cut(coloured, 8)).isEqualTo("  a  \u001b[36mrun\u001b[0m");
        assertThat(Terminal.cut(plain, 8)).isEqualTo("  a  run");
    }
}
