package rok.object;

import java.time.Duration;
import java.util.Optional;

/** What a store behind a network can tell besides. Its puts wait for the network and not for a disk: more of them pay. */
public interface RemoteObjects {
    /** How far the server's clock is ahead of this machine's; empty before the first answer. */
    Optional<Duration> clockSkew();
}
