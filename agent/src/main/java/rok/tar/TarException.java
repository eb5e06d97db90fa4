package rok.tar;

import java.io.IOException;

/** What is read is no archive, not a whole one, or none that is understood; the message says where and what. */
public final class TarException extends IOException {
    private static final long serialVersionUID = 1;

    public TarException(String message) {
        super(message);
    }
}
