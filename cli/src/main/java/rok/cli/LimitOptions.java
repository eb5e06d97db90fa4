package rok.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import rok.api.ErrorDocument.Code;

/** How fast a command may use a store in S3. */
final class LimitOptions {
    @Option(
            names = "--limit-upload",
            paramLabel = "RATE",
            description = "Send at most so much a second to a store in S3, such as 10MiB.")
    @Nullable
    String upload;

    @Option(names = "--limit-download", paramLabel = "RATE", description = "Receive at most so much a second from it.")
    @Nullable
    String download;

    @Option(names = "--limit-requests", paramLabel = "N", description = "Ask it at most N times a second.")
    @Nullable
    String requests;

    /** What the options say, by the names of the settings file. */
    LimitSettings.Given rates() {
        try {
            return new LimitSettings.Given(
                    Optional.ofNullable(upload).map(text -> LimitSettings.bytes("--limit-upload", text)),
                    Optional.ofNullable(download).map(text -> LimitSettings.bytes("--limit-download", text)),
                    Optional.ofNullable(requests).map(text -> LimitSettings.count("--limit-requests", text)));
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Code.USAGE,
                    String.valueOf(e.getMessage()),
                    "a rate is a number with KiB, MiB or GiB, at least 64KiB, or off");
        }
    }
}
