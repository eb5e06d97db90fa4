package rok.names;

/** Names a set of files; for pipelines, an experiment. Compared by its characters, in Unicode's NFC. */
public record BucketName(String value) implements Comparable<BucketName> {
    public static final int BYTES_MAX = 140;

    public BucketName {
        value = NameRule.check("A bucket name", value, BYTES_MAX);
    }

    @Override
    public int compareTo(BucketName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
