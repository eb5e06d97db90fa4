package rok.catalog;

/** A version is being written, and its writer lives: it can't be deleted now. */
public final class InUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InUseException(String message) {
        super(message);
    }
}
