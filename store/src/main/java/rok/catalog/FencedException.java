package rok.catalog;

/** A writer was taken for dead, and its version given up, before it committed. What it wrote is still there to reuse. */
public final class FencedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FencedException(String message) {
        super(message);
    }
}
