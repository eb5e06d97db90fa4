package rok.cli;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import rok.object.ObjectStore;
import rok.s3.S3Location;
import rok.s3.S3ObjectStore;
import rok.s3.Throttle;

/** Stores in S3. Nobody touches this class unless a location begins with {@code s3://}: its libraries are large. */
final class RemoteStores {
    /** What the client tells of itself is in the store's own messages. Held here: loggers nobody holds lose their level. */
    private static final List<Logger> TALKATIVE = Stream.of("software.amazon.awssdk", "org.apache.hc")
            .map(Logger::getLogger)
            .toList();

    private RemoteStores() {}

    /** The same text, if it is a location. */
    static String checked(String text) {
        var _ = S3Location.parse(text, System.getenv());
        return text;
    }

    static ObjectStore open(String text, Throttle throttle) {
        TALKATIVE.forEach(logger -> logger.setLevel(Level.SEVERE));
        return S3ObjectStore.open(S3Location.parse(text, System.getenv()), throttle);
    }
}
