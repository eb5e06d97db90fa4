package rok.names;

/** A text is not the name that it should be. The message says which, what is wrong, and where; it is for users. */
public final class NameException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public NameException(String message) {
        super(message);
    }
}
