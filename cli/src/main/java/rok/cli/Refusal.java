package rok.cli;

import rok.api.ErrorDocument.Code;

/** A command cannot do what was asked, and knows what to say. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final String hint;

    /**
     * Says why not.
     *
     * @param message what, which thing, what was found; no full stop
     * @param hint what to do; may be empty
     */
    Refusal(Code code, String message, String hint) {
        super(message);
        this.code = code;
        this.hint = hint;
    }

    Code code() {
        return code;
    }

    String hint() {
        return hint;
    }
}
