package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FaultyHttpProxyTest {
    @Test
    void a_kept_connection_that_the_server_closes_makes_no_request_count_twice() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                FaultyHttpProxy proxy =
                        FaultyHttpProxy.start(URI.create("http://127.0.0.1:" + server.getLocalPort()))) {
            Thread thread = new Thread(() -> answerEachOnItsOwnConnection(server), "closing-server");
            thread.setDaemon(true);
            thread.start();
            for (int i = 0; i < 20; i++) {
                try (InputStream in = proxy.endpoint().toURL().openStream()) {
                    assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                            .isEqualTo("ok");
                }
            }
            assertThat(proxy.faults().requests()).isEqualTo(20);
        }
    }

    /** Promises to keep each connection, and closes it. */
    private static void answerEachOnItsOwnConnection(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                HttpHead.read(client.getInputStream());
                client.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                return;
            }
        }
    }
}
