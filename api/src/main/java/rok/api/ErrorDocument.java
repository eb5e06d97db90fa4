package rok.api;

import java.util.Locale;

/** Something went wrong. */
public record ErrorDocument(Detail error) {
    public static ErrorDocument of(Code code, String message, String hint) {
        return new ErrorDocument(new Detail(code.text(), message, hint));
    }

    /**
     * What went wrong.
     *
     * @param message what, which thing, what was found
     * @param hint what to do about it; may be empty
     */
    public record Detail(String code, String message, String hint) {}

    /** The kinds of failure; each is an exit code of the command. */
    public enum Code {
        FAILED(1),
        USAGE(2),
        NOT_FOUND(3),
        DAMAGED(4),
        INTERRUPTED(130);

        private final int exit;

        Code(int exit) {
            this.exit = exit;
        }

        public int exit() {
            return exit;
        }

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
