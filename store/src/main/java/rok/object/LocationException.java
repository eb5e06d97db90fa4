package rok.object;

/** A location of a store that cannot be meant; the message says what is wrong with it and shows no secret. */
public final class LocationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LocationException(String message) {
        super(message);
    }
}
