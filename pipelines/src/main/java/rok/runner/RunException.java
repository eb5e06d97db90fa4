package rok.runner;

/** Why a run could not start, or could not go on, in words for the person who asked for it. A failing step is none. */
public final class RunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String hint;

    public RunException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    public RunException(String message, String hint, Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /** What to do about it. */
    public String hint() {
        return hint;
    }
}
