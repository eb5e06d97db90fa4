package rok.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Has the kernel end its grace periods at once for a moment. A freeze waits for three of them, and two while writers stand
 * still already: 30 ms and more instead of 3. Where it can't be set, freezes take longer and nothing else.
 */
final class QuickGracePeriods implements AutoCloseable {
    private static final Path SETTING = Path.of("/sys/kernel/rcu_expedited");

    private final boolean isSet;

    private QuickGracePeriods(boolean isSet) {
        this.isSet = isSet;
    }

    /** The setting is of the whole machine, and set back when this is closed, unless somebody wants it always. */
    static QuickGracePeriods begin() {
        try {
            if (Files.readString(SETTING).strip().equals("0")) {
                set("1");
                return new QuickGracePeriods(true);
            }
        } catch (IOException e) {
            // An old kernel, or a container that may not
        }
        return new QuickGracePeriods(false);
    }

    private static void set(String value) throws IOException {
        Files.writeString(SETTING, value, StandardOpenOption.WRITE);
    }

    @Override
    public void close() {
        if (isSet) {
            try {
                set("0");
            } catch (IOException e) {
                // It was written a moment ago; what stays costs other processors a little
            }
        }
    }
}
