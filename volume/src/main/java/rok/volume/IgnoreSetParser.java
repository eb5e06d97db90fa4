package rok.volume;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Reads a set of bytes in brackets out of a pattern: ranges, classes, escapes, and inverted ones. */
final class IgnoreSetParser {
    private static final int NO_RANGE = -1;

    private final byte[] pattern;
    private final int end;
    private final BitSet set = new BitSet(256);
    private int at;
    /** The byte that a range may begin with. */
    private int last = NO_RANGE;

    /** @param start behind the opening bracket */
    IgnoreSetParser(byte[] pattern, int start, int end) {
        this.pattern = pattern;
        this.at = start;
        this.end = end;
    }

    /** Null where the pattern is malformed, and matches nothing. A slash is in no set. */
    @Nullable
    BitSet parse() {
        var inverted = at < end && (pattern[at] == '!' || pattern[at] == '^');
        at += inverted ? 1 : 0;
        do { // a closing bracket in the first place is one of the set
            if (at >= end || !member()) {
                return null;
            }
        } while (at >= end || pattern[at] != ']');
        if (inverted) {
            set.flip(0, 256);
        }
        set.clear('/');
        return set;
    }

    /** Behind the closing bracket. */
    int next() {
        return at + 1;
    }

    private boolean member() {
        var b = pattern[at];
        if (b == '-' && last != NO_RANGE && at + 1 < end && pattern[at + 1] != ']') {
            return range();
        }
        if (b == '[' && at + 1 < end && pattern[at + 1] == ':') {
            return namedClass();
        }
        at += b == '\\' ? 1 : 0;
        if (at >= end) {
            return false;
        }
        last = pattern[at++] & 0xFF;
        set.set(last);
        return true;
    }

    private boolean range() {
        at += pattern[at + 1] == '\\' ? 2 : 1;
        if (at >= end) {
            return false;
        }
        var high = pattern[at++] & 0xFF;
        if (last <= high) {
            set.set(last, high + 1);
        }
        last = NO_RANGE;
        return true;
    }

    private boolean namedClass() {
        var close = at + 2;
        while (close < end && pattern[close] != ']') {
            close++;
        }
        if (close == end) {
            return false;
        }
        if (close == at + 2 || pattern[close - 1] != ':') {
            last = '['; // no class after all: the bracket is one of the set
            set.set(last);
            at++;
            return true;
        }
        var name = new String(pattern, at + 2, close - at - 3, StandardCharsets.ISO_8859_1);
        at = close + 1;
        last = NO_RANGE;
        return addClass(name);
    }

    /** Git's classes: of ASCII only, white space without form feed and vertical tab. */
    private boolean addClass(String name) {
        switch (name) {
            case "digit" -> set.set('0', '9' + 1);
            case "upper" -> set.set('A', 'Z' + 1);
            case "lower" -> set.set('a', 'z' + 1);
            case "alpha" -> {
                set.set('A', 'Z' + 1);
                set.set('a', 'z' + 1);
            }
            case "alnum" -> {
                set.set('0', '9' + 1);
                set.set('A', 'Z' + 1);
                set.set('a', 'z' + 1);
            }
            case "xdigit" -> {
                set.set('0', '9' + 1);
                set.set('A', 'F' + 1);
                set.set('a', 'f' + 1);
            }
            case "blank" -> {
                set.set(' ');
                set.set('\t');
            }
            case "space" -> {
                set.set(' ');
                set.set('\t');
                set.set('\n');
                set.set('\r');
            }
            case "cntrl" -> {
                set.set(0, 32);
                set.set(127);
            }
            case "print" -> set.set(' ', 127);
            case "graph" -> set.set('!', 127);
            case "punct" -> {
                set.set('!', '0');
                set.set(':', 'A');
                set.set('[', 'a');
                set.set('{', 127);
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
