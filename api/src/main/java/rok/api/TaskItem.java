package rok.api;

import java.time.Instant;

/**
 * A version that is being written.
 *
 * @param state {@code running}; what nobody writes any more is no task
 */
public record TaskItem(
        String url,
        String bucket,
        String file,
        String version,
        String state,
        String title,
        Instant started,
        ProgressDocument progress) {}
