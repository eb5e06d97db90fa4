package rok.pool;

import java.time.Duration;
import java.util.List;

/**
 * A command that brings an application to rest before a freeze, or lets it go on after it.
 *
 * @param command the program and its arguments; no shell
 * @param patience after which it is killed, and has failed
 */
public record Hook(List<String> command, Duration patience) {
    public Hook {
        command = List.copyOf(command);
    }

    void run(String doing) {
        Tool.run(doing, command, patience);
    }
}
