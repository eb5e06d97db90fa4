package rok.gateway;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** The loopback addresses of this machine, bound at one port. */
record Listeners(int port, List<ServerSocketChannel> channels) {
    private static final byte[] V4 = {127, 0, 0, 1};
    private static final byte[] V6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    /** A free port of the one family may be taken in the other: another is tried then. */
    private static final int ATTEMPTS = 20;

    Listeners {
        channels = List.copyOf(channels);
    }

    /** Port 0 takes any free one. Throws {@link PortTaken}. */
    static Listeners bind(int port) throws IOException {
        var attempts = port == 0 ? ATTEMPTS : 1;
        for (var i = 1; ; i++) {
            try {
                return both(port);
            } catch (BindException e) {
                if (i == attempts) {
                    throw new PortTaken(port, e);
                }
            }
        }
    }

    private static Listeners both(int port) throws IOException {
        var bound = new ArrayList<ServerSocketChannel>();
        try {
            bound.add(listen(V4, port));
            var actual = ((InetSocketAddress) bound.getFirst().getLocalAddress()).getPort();
            if (hasV6()) {
                bound.add(listen(V6, actual));
            }
            return new Listeners(actual, bound);
        } catch (IOException e) {
            for (var channel : bound) {
                channel.close();
            }
            throw e;
        }
    }

    private static boolean hasV6() throws UnknownHostException {
        try (var probe = ServerSocketChannel.open()) {
            probe.bind(new InetSocketAddress(InetAddress.getByAddress(V6), 0));
            return true;
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    private static ServerSocketChannel listen(byte[] address, int port) throws IOException {
        var channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return channel.bind(new InetSocketAddress(InetAddress.getByAddress(address), port));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
