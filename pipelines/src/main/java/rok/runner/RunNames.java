package rok.runner;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.random.RandomGenerator;
import rok.names.BucketName;
import rok.names.FileName;
import rok.pipeline.Suffix;

/**
 * The names of one run. Suffixes are five characters of {@code [a-z0-9]}: the experiment's and the pipeline version's
 * follow from what they name, so that the next run of the same notebook finds the same bucket; the run's own is drawn.
 *
 * @param uuid of the run
 * @param bucket {@code <experiment>-<suffix>}, or the bucket itself where an existing one was named
 * @param file {@code <pipeline>-<uuid>}
 * @param run {@code <pipeline>-<pipeline version>-<suffix>}, for people
 */
public record RunNames(String experiment, String uuid, BucketName bucket, FileName file, String run) {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SUFFIX = 5;

    /**
     * Names a new run.
     *
     * @param definition what makes two pipelines the same version, such as their document
     */
    static RunNames of(
            String experiment,
            String pipeline,
            String definition,
            String uuid,
            Snapshots snapshots,
            RandomGenerator random) {
        var named = new BucketName(experiment);
        var bucket = snapshots.hasBucket(named)
                ? named
                : new BucketName(slug(experiment) + "-" + suffix("experiment\n" + experiment));
        var version = suffix("pipeline\n" + definition);
        return new RunNames(
                experiment,
                uuid,
                bucket,
                new FileName(pipeline + "-" + uuid),
                pipeline + "-" + version + "-" + Suffix.random(random));
    }

    /** An experiment's name as it stands in a bucket's: lower case, words joined by hyphens. */
    private static String slug(String name) {
        var slug = name.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{Alnum}._]+", "-")
                .replaceAll("^-+|-+$", "");
        return slug.isEmpty() ? "experiment" : slug.substring(0, Math.min(slug.length(), 100));
    }

    private static String suffix(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            var suffix = new StringBuilder();
            for (int i = 0; i < SUFFIX; i++) {
                suffix.append(
                        ALPHABET.charAt((((hash[2 * i] & 0xff) << 8) | (hash[2 * i + 1] & 0xff)) % ALPHABET.length()));
            }
            return suffix.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
