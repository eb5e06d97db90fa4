package rok.keys;

/** A change of keys that would lock everybody out, or goes beyond a bound. Nothing was changed. */
public final class KeyRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KeyRefusedException(String message) {
        super(message);
    }
}
