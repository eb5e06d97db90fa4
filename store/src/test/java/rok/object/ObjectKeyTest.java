package rok.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
    /** The rule as the class states it, in another notation. */
    private static final Pattern RULE = Pattern.compile(
            "(?!\\.{1,2}(/|\\z))[A-Za-z0-9._%~+=@-]{1,220}" + "(/(?!\\.{1,2}(/|\\z))[A-Za-z0-9._%~+=@-]{1,220})*/?");

    private static final String ALPHABET = "ab.../////%~+=@-_Z9 \u00e9\u0100\u7279\0\n";
    private static final int MOSTLY = 14;

    @Test
    void isWhatTheRuleSays() {
        var random = new Random(20_261_128);
        var accepted = 0;
        for (var i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (var left = random.nextInt(8); left >= 0; left--) {
                text.append(ALPHABET.charAt(random.nextInt(random.nextInt(6) == 0 ? ALPHABET.length() : MOSTLY)));
            }
            var isKey = isKey(text.toString());
            assertThat(isKey).as("'%s'", text).isEqualTo(RULE.matcher(text).matches());
            accepted += isKey ? 1 : 0;
        }
        assertThat(accepted).isBetween(1_000, 19_000);
    }

    @Test
    void hasBounds() {
        var longest = "a".repeat(ObjectKey.SEGMENT_LENGTH_MAX);
        assertThat(isKey(longest)).isTrue();
        assertThat(isKey("b/" + longest + "/c")).isTrue();
        assertThat(isKey(longest + "a")).isFalse();
        assertThat(isKey("")).isFalse();
        assertThat(isKey("a/".repeat(ObjectKey.LENGTH_MAX / 2))).isTrue();
        assertThat(isKey("a/".repeat(ObjectKey.LENGTH_MAX / 2) + "a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab/c d", "\u0141b", "a\\b"})
    void saysWhereACharacterIsWrong(String text) {
        assertThatThrownBy(() -> new ObjectKey(text)).hasMessageContaining("not allowed at ");
    }

    @Test
    void saysWhereASegmentIsWrong() {
        assertThatThrownBy(() -> new ObjectKey("ab/../c")).hasMessageContaining("bad segment at 3");
    }

    private static boolean isKey(String text) {
        try {
            return new ObjectKey(text).value().equals(text);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
