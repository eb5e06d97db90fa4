package rok.gateway;

import java.io.IOException;

/** Another program listens at the port already. */
public final class PortTaken extends IOException {
    private static final long serialVersionUID = 1L;

    private final int port;

    PortTaken(int port, Throwable cause) {
        super("Port %d of this machine is taken by another program".formatted(port), cause);
        this.port = port;
    }

    public int port() {
        return port;
    }
}
