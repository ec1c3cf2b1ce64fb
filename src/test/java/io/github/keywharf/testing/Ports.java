package io.github.keywharf.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of the loopback address that stay free for a while. */
public final class Ports {
    /**
     * Below the ports that systems give to outgoing connections. In that range, a client that keeps knocking at the port
     * of a killed server would in the end be connected to itself, and the server could not come back.
     */
    private static final int LOWEST = 15_000;

    private static final int HIGHEST = 32_000;
    private static final int TRIES = 1_000;

    private Ports() {}

    /** A port that is free now. */
    public static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one may be free.
            }
        }
        throw new IllegalStateException(
                "[ports] none of " + TRIES + " ports tried from " + LOWEST + " to " + HIGHEST + " is free");
    }
}
