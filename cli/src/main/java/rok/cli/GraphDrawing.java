package rok.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Draws which step runs after which, one step a line, with a rail for every dependency that is still open.
 *
 * <pre>
 * ● prepare
 * ├─╮
 * ● │ train
 * │ ● describe
 * ├─╯
 * ● report
 * </pre>
 */
final class GraphDrawing {
    private static final String FANCY = "●│─├┬┴┼╮╯";
    private static final String PLAIN = "*|-+++++'";

    private final String glyphs;
    private final SequencedMap<String, List<String>> children = new LinkedHashMap<>();
    /** Which step each rail leads to; empty where there is none. */
    private final List<Optional<String>> rails = new ArrayList<>();

    private final List<String> lines = new ArrayList<>();

    private GraphDrawing(boolean unicode) {
        glyphs = unicode ? FANCY : PLAIN;
    }

    /**
     * The drawing's lines.
     *
     * @param dependencies what each step depends on; each step comes after all it depends on
     */
    static List<String> of(SequencedMap<String, List<String>> dependencies, boolean unicode) {
        var drawing = new GraphDrawing(unicode);
        dependencies.keySet().forEach(step -> drawing.children.put(step, new ArrayList<>()));
        dependencies.forEach((step, parents) ->
                parents.forEach(parent -> drawing.children.computeIfPresent(parent, (_, list) -> {
                    list.add(step);
                    return list;
                })));
        drawing.children.forEach(drawing::step);
        return drawing.lines;
    }

    private void step(String step, List<String> next) {
        var arriving = new ArrayList<Integer>();
        for (var i = 0; i < rails.size(); i++) {
            if (rails.get(i).equals(Optional.of(step))) {
                arriving.add(i);
            }
        }
        if (arriving.isEmpty()) {
            arriving.add(freeRail(0));
        }
        var own = arriving.getFirst();
        if (arriving.size() > 1) {
            junction(arriving, '┴', '╯');
            arriving.stream().skip(1).forEach(i -> rails.set(i, Optional.empty()));
            trim();
        }
        rails.set(own, Optional.of(step));
        node(own, step);
        rails.set(own, next.isEmpty() ? Optional.empty() : Optional.of(next.getFirst()));
        var leaving = new ArrayList<>(List.of(own));
        for (var target : next.stream().skip(1).toList()) {
            var rail = freeRail(own + 1);
            rails.set(rail, Optional.of(target));
            leaving.add(rail);
        }
        if (leaving.size() > 1) {
            leaving.sort(null);
            junction(leaving, '┬', '╮');
        }
        trim();
    }

    private void trim() {
        while (!rails.isEmpty() && rails.getLast().isEmpty()) {
            rails.removeLast();
        }
    }

    private int freeRail(int from) {
        for (var i = from; i < rails.size(); i++) {
            if (rails.get(i).isEmpty()) {
                return i;
            }
        }
        rails.add(Optional.empty());
        return rails.size() - 1;
    }

    private void node(int own, String step) {
        var line = new StringBuilder();
        for (var i = 0; i < rails.size(); i++) {
            line.append(i == own ? glyph('●') : rails.get(i).isPresent() ? glyph('│') : ' ')
                    .append(' ');
        }
        lines.add(line + step);
    }

    /** A line on which the first rail meets the others. */
    private void junction(List<Integer> meeting, char middle, char end) {
        var line = new StringBuilder();
        for (var i = 0; i < rails.size(); i++) {
            var inside = i >= meeting.getFirst() && i <= meeting.getLast();
            char mark;
            if (i == meeting.getFirst()) {
                mark = '├';
            } else if (i == meeting.getLast()) {
                mark = end;
            } else if (meeting.contains(i)) {
                mark = middle;
            } else if (rails.get(i).isPresent()) {
                mark = inside ? '┼' : '│';
            } else {
                mark = inside ? '─' : ' ';
            }
            line.append(glyph(mark)).append(inside && i < meeting.getLast() ? glyph('─') : ' ');
        }
        lines.add(line.toString().stripTrailing());
    }

    private char glyph(char fancy) {
        var at = FANCY.indexOf(fancy);
        return at < 0 ? fancy : glyphs.charAt(at);
    }
}
