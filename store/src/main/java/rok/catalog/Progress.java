package rok.catalog;

/**
 * How far a writer has come, as other processes see it.
 *
 * @param percent 0 to 100
 * @param message one line for people, may be empty
 */
public record Progress(int percent, String message) {
    public static final Progress NONE = new Progress(0, "");

    public Progress {
        percent = Math.clamp(percent, 0, 100);
    }
}
