package rok.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import rok.runner.StepState;

/**
 * Where every step of a run stands, as a few lines for a terminal: all steps where there is room, else those that run and
 * those that ended last; below them how many there are of each kind. Times are of one clock, in nanoseconds.
 */
final class RunTable {
    /** More would leave too little of what the steps print. */
    private static final int ROWS_MAX = 12;
    /** Lines of a terminal that stay for what the steps print. */
    private static final int OTHER_LINES_MIN = 6;

    private static final int COLUMNS_MIN = 40;
    private static final int NAME_MAX = 40;
    private static final int STATE_LENGTH = 9;
    private static final String PLAIN = "\u001b[0m";

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final long began;
    private String doing = "";
    private int ends;

    /** One step. */
    private static final class Row {
        private final String name;
        private StepState state = StepState.WAITING;
        private boolean storing;
        private String cells = "";
        private long started;
        private double seconds;
        private double snapshotSeconds;
        /** The how many-eth step it was to end; 0 while it has not. */
        private int end;

        private Row(String name) {
            this.name = name;
        }

        private boolean isActive() {
            return storing || state == StepState.RUNNING;
        }
    }

    RunTable(List<String> steps, long now) {
        steps.forEach(step -> rows.put(step, new Row(step)));
        began = now;
    }

    /** What goes on beside the steps; may be empty. */
    void doing(String what) {
        doing = what;
    }

    void storing(String step) {
        row(step).storing = true;
    }

    void stored(String step, double seconds) {
        row(step).storing = false;
        row(step).snapshotSeconds += seconds;
    }

    void started(String step, long now) {
        row(step).state = StepState.RUNNING;
        row(step).started = now;
    }

    void cell(String step, int index, int cells) {
        row(step).cells = "%d/%d".formatted(index + 1, cells);
    }

    void ended(String step, StepState state, double seconds) {
        var row = row(step);
        row.state = state;
        row.storing = false;
        row.seconds = seconds;
        row.end = ++ends;
    }

    private Row row(String step) {
        return rows.computeIfAbsent(step, Row::new);
    }

    /** The lines, for a terminal of this size. */
    List<String> lines(long now, int columns, int height, boolean colours) {
        var lines = new ArrayList<String>();
        var room = Math.min(ROWS_MAX, height - OTHER_LINES_MIN);
        if (columns >= COLUMNS_MIN) {
            var width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
            for (var row : shown(room)) {
                lines.add(line(row, now, Math.min(width, NAME_MAX), colours));
            }
        }
        lines.add(summary(now));
        return lines;
    }

    private List<Row> shown(int room) {
        if (rows.size() <= room) {
            return List.copyOf(rows.values());
        }
        var shown = new TreeMap<Integer, Row>();
        var all = List.copyOf(rows.values());
        for (var i = 0; i < all.size() && shown.size() < room; i++) {
            if (all.get(i).isActive()) {
                shown.put(i, all.get(i));
            }
        }
        for (var end = ends; end > 0 && shown.size() < room; end--) {
            for (var i = 0; i < all.size(); i++) {
                if (all.get(i).end == end) {
                    shown.put(i, all.get(i));
                }
            }
        }
        return List.copyOf(shown.values());
    }

    private static String line(Row row, long now, int width, boolean colours) {
        var state = row.storing ? "snapshot" : row.state.toString();
        var padded = state + " ".repeat(Math.max(0, STATE_LENGTH - state.length()));
        var isRunning = row.state == StepState.RUNNING && row.end == 0;
        var seconds = isRunning ? (now - row.started) / 1e9 : row.seconds;
        return "  %s  %s  %7s  %11s  %s"
                .formatted(
                        fitted(row.name, width),
                        colours ? colour(row) + padded + PLAIN : padded,
                        row.cells,
                        seconds > 0 ? duration(seconds, isRunning) : "",
                        row.snapshotSeconds > 0 ? "snapshots " + duration(row.snapshotSeconds, false) : "")
                .stripTrailing();
    }

    private static String fitted(String name, int width) {
        return name.length() > width ? name.substring(0, width - 1) + "…" : name + " ".repeat(width - name.length());
    }

    private static String colour(Row row) {
        return switch (row.state) {
            case SUCCEEDED -> "\u001b[32m";
            case FAILED -> "\u001b[31m";
            case RUNNING -> "\u001b[36m";
            case WAITING, SKIPPED, CANCELLED -> row.storing ? "\u001b[36m" : "\u001b[2m";
        };
    }

    private String summary(long now) {
        var text = new StringBuilder("  %d of %d steps ended".formatted(ends, rows.size()));
        count(text, rows.values().stream().filter(Row::isActive).count(), "under way");
        for (var state : List.of(StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED)) {
            count(text, rows.values().stream().filter(r -> r.state == state).count(), state.toString());
        }
        text.append(", ").append(duration((now - began) / 1e9, true));
        if (!doing.isEmpty()) {
            text.append("  ").append(doing);
        }
        return text.toString();
    }

    private static void count(StringBuilder text, long count, String what) {
        if (count > 0) {
            text.append(", ").append(count).append(' ').append(what);
        }
    }

    /** A clock that goes on shows whole seconds: what changes faster can't be read. */
    private static String duration(double seconds, boolean goesOn) {
        return goesOn && seconds < 120
                ? "%d s".formatted((long) seconds)
                : Sizes.duration(Duration.ofMillis((long) (seconds * 1000)));
    }
}
