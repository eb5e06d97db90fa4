package rok.pipeline;

import java.util.random.RandomGenerator;

/** Five characters that tie a run, its bucket and its pipeline's version together, as in {@code titanic-ml-19u9b}. */
public final class Suffix {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 5;

    private Suffix() {}

    /** A random suffix of {@code [a-z0-9]}. */
    public static String random(RandomGenerator random) {
        var suffix = new StringBuilder();
        for (var i = 0; i < LENGTH; i++) {
            suffix.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return suffix.toString();
    }
}
