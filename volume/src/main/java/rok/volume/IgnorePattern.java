package rok.volume;

import java.util.BitSet;

/**
 * One pattern of a {@code .rokignore}, with exactly the meaning it has in Git. It is taken apart once into steps; matching
 * then carries a set of the steps reached along the name, so no pattern takes more time than its length times the name's.
 */
final class IgnorePattern {
    private static final int ANY = -1;
    private static final int SET = -2;
    private static final int STAR = -3;
    private static final int STAR_STAR = -4;
    private static final int FOLDERS = -5;
    private static final int NEVER = -6;

    private final boolean negated;
    private final boolean foldersOnly;
    private final boolean nameOnly;
    private final byte[] pattern;
    private final int end;

    /** Each a byte from 0 to 255, or one of the constants above. */
    private final int[] steps;

    private final BitSet[] sets;
    private int count;

    /** @param line without its newline and without spaces that do not count at its end */
    IgnorePattern(byte[] line) {
        negated = line.length > 0 && line[0] == '!';
        var start = negated ? 1 : 0;
        var length = line.length;
        foldersOnly = length > start && line[length - 1] == '/';
        end = foldersOnly ? length - 1 : length;
        nameOnly = indexOfSlash(line, start, end) < 0;
        pattern = line;
        steps = new int[Math.max(1, end - start)];
        sets = new BitSet[steps.length];
        parse(!nameOnly && start < end && line[start] == '/' ? start + 1 : start);
    }

    private static int indexOfSlash(byte[] line, int from, int to) {
        for (var i = from; i < to; i++) {
            if (line[i] == '/') {
                return i;
            }
        }
        return -1;
    }

    /** Whether a match takes back what an earlier pattern said. */
    boolean isNegated() {
        return negated;
    }

    /**
     * @param path below the folder that the pattern's file is in
     * @param from where that path begins in the array
     * @param nameFrom where its last name begins
     */
    boolean matches(byte[] path, int from, int nameFrom, int to, boolean isFolder) {
        return (isFolder || !foldersOnly) && run(path, nameOnly ? nameFrom : from, to);
    }

    // Taking the pattern apart.

    private void parse(int start) {
        var at = start;
        var literalEnd = start;
        while (literalEnd < end && !isSpecial(pattern[literalEnd])) {
            literalEnd++;
        }
        while (at < end) {
            at = switch (pattern[at]) {
                case '*' -> parseStars(at, literalEnd);
                case '?' -> add(ANY, at + 1);
                case '[' -> parseSet(at + 1);
                case '\\' -> at + 1 < end ? add(pattern[at + 1] & 0xFF, at + 2) : add(NEVER, at + 1);
                default -> add(pattern[at] & 0xFF, at + 1);
            };
        }
    }

    private static boolean isSpecial(byte b) {
        return b == '*' || b == '?' || b == '[' || b == '\\';
    }

    private int add(int step, int next) {
        steps[count++] = step;
        return next;
    }

    /** Two stars stand for folders only where they fill a whole name, or follow directly on what is compared literally. */
    private int parseStars(int start, int literalEnd) {
        var at = start;
        while (at < end && pattern[at] == '*') {
            at++;
        }
        if (at - start == 1 || nameOnly) {
            return add(STAR, at);
        }
        var opens = start == literalEnd || pattern[start - 1] == '/';
        var closes = at == end || pattern[at] == '/' || (pattern[at] == '\\' && at + 1 < end && pattern[at + 1] == '/');
        if (!opens || !closes) {
            return add(STAR, at);
        }
        return at < end && pattern[at] == '/' ? add(FOLDERS, at + 1) : add(STAR_STAR, at);
    }

    private int parseSet(int start) {
        var parser = new IgnoreSetParser(pattern, start, end);
        var set = parser.parse();
        if (set == null) {
            return add(NEVER, end);
        }
        sets[count] = set;
        return add(SET, parser.next());
    }

    // Matching. Step i is reached when the steps before it have taken all bytes so far.

    private boolean run(byte[] text, int from, int to) {
        var reached = new boolean[count + 1];
        reach(reached, 0);
        for (var at = from; at < to; at++) {
            var next = new boolean[count + 1];
            var any = false;
            for (var i = 0; i < count; i++) {
                if (reached[i]) {
                    any |= take(i, text[at] & 0xFF, next);
                }
            }
            if (!any) {
                return false;
            }
            reached = next;
        }
        return reached[count];
    }

    /** Reaching a step that may take nothing reaches the one after it. */
    private void reach(boolean[] reached, int step) {
        for (var i = step; !reached[i]; i++) {
            reached[i] = true;
            if (i == count || (steps[i] != STAR && steps[i] != STAR_STAR && steps[i] != FOLDERS)) {
                return;
            }
        }
    }

    private boolean take(int i, int b, boolean[] next) {
        var step = steps[i];
        var takes = switch (step) {
            case ANY, STAR -> b != '/';
            case SET -> sets[i].get(b);
            case STAR_STAR, FOLDERS -> true;
            case NEVER -> false;
            default -> b == step;
        };
        if (!takes) {
            return false;
        }
        switch (step) {
            case STAR, STAR_STAR -> reach(next, i);
            case FOLDERS -> {
                next[i] = true; // not reach: what follows begins after a slash only
                if (b == '/') {
                    reach(next, i + 1);
                }
            }
            default -> reach(next, i + 1);
        }
        return true;
    }
}
