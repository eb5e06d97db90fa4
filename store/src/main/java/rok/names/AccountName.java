package rok.names;

/** A tenant; on Kubernetes, a namespace. Compared by its characters, in Unicode's NFC. */
public record AccountName(String value) implements Comparable<AccountName> {
    public static final int BYTES_MAX = 100;

    public AccountName {
        value = NameRule.check("An account name", value, BYTES_MAX);
    }

    @Override
    public int compareTo(AccountName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
