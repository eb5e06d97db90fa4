package rok.notebook;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that somebody probably meant. */
final class Spelling {
    private Spelling() {}

    /** The known word nearest to {@code word}, if it is near enough to be a slip of the keyboard. */
    static Optional<String> closest(String word, Collection<String> known) {
        var best = Optional.<String>empty();
        var bestDistance = word.length() < 4 ? 2 : 3;
        for (var candidate : known) {
            var distance = distance(word, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 3) {
            return Integer.MAX_VALUE;
        }
        var row = new int[b.length() + 1];
        for (var j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.length; j++) {
                var changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
