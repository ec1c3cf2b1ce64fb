package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private ServerSocket server;
    private Thread accepting;
    private TcpProxy proxy;

    /** A server that sends each byte back. */
    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        accepting = new Thread(() -> {
            try {
                while (true) {
                    Socket client = server.accept();
                    Thread echo = new Thread(() -> echo(client));
                    echo.setDaemon(true);
                    echo.start();
                }
            } catch (IOException closed) {
                // The end of the test.
            }
        });
        accepting.setDaemon(true);
        accepting.start();
        proxy = TcpProxy.start("127.0.0.1", server.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private static void echo(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException cut) {
            // As some tests want it.
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(proxy.host(), proxy.port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static int echoed(Socket socket, int value) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(value);
        return socket.getInputStream().read();
    }

    @Test
    void bytes_pass_both_ways_and_are_counted() throws IOException {
        byte[] content = new byte[300_000];
        new java.util.Random(1).nextBytes(content);
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    client.getOutputStream().write(content);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            writer.start();
            assertThat(client.getInputStream().readNBytes(content.length)).isEqualTo(content);
            assertThat(proxy.connections()).isEqualTo(1);
            assertThat(proxy.openConnections()).isEqualTo(1);
            assertThat(proxy.bytesToServer()).isEqualTo(content.length);
            assertThat(proxy.bytesToClients()).isEqualTo(content.length);
        }
        await().until(() -> proxy.openConnections() == 0);
    }

    @Test
    void cut_resets_what_is_open_and_takes_what_is_new() throws IOException {
        try (Socket before = connect()) {
            assertThat(echoed(before, 1)).isEqualTo(1);
            proxy.cut();
            assertThatThrownBy(() -> before.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        try (Socket after = connect()) {
            assertThat(echoed(after, 2)).isEqualTo(2);
        }
    }

    @Test
    void refused_connection_means_that_no_server_is_listening() throws IOException {
        try (Socket before = connect()) {
            assertThat(echoed(before, 1)).isEqualTo(1);
            proxy.refuse(true);
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            assertThat(echoed(before, 2)).isEqualTo(2);
            proxy.refuse(false);
            try (Socket after = connect()) {
                assertThat(echoed(after, 3)).isEqualTo(3);
            }
        }
    }

    @Test
    void stalled_connection_stays_open_and_delivers_late() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoed(client, 1)).isEqualTo(1);
            proxy.stall(true);
            client.setSoTimeout(200);
            assertThatThrownBy(() -> echoed(client, 2)).isInstanceOf(SocketTimeoutException.class);
            assertThat(proxy.bytesToServer()).isEqualTo(1);
            try (Socket late = connect()) {
                late.setSoTimeout(200);
                assertThatThrownBy(() -> echoed(late, 3)).isInstanceOf(SocketTimeoutException.class);
            }
            client.setSoTimeout(5_000);
            proxy.stall(false);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void cut_during_a_stall_loses_what_was_sent() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoed(client, 1)).isEqualTo(1);
            proxy.stall(true);
            client.getOutputStream().write(2);
            proxy.cut();
            proxy.stall(false);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        try (Socket client = connect()) {
            assertThat(echoed(client, 3)).isEqualTo(3);
        }
        assertThat(proxy.bytesToServer()).isEqualTo(2);
    }

    @Test
    void stalled_answers_leave_the_request_done() throws IOException {
        try (Socket client = connect()) {
            proxy.stallAnswers(true);
            client.setSoTimeout(200);
            assertThatThrownBy(() -> echoed(client, 1)).isInstanceOf(SocketTimeoutException.class);
            assertThat(proxy.bytesToServer()).isEqualTo(1);
            assertThat(proxy.bytesToClients()).isZero();
        }
    }

    @Test
    void delay_is_felt_in_each_direction() throws IOException {
        proxy.delay(Duration.ofMillis(100));
        try (Socket client = connect()) {
            long start = System.nanoTime();
            echoed(client, 1);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(200);
        }
        assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1))).hasMessageContaining("-0.001S");
    }

    @Test
    void client_of_a_server_that_is_gone_is_cut() throws Exception {
        server.close();
        // Until the last one who waits at the port has gone, it takes connections still.
        accepting.join();
        // A socket that is bound and does not listen keeps others from the port.
        try (Socket holder = held(server.getLocalPort());
                Socket client = connect();
                InputStream in = client.getInputStream()) {
            assertThat(holder.isBound()).isTrue();
            assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
        }
    }

    private static Socket held(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    @Test
    void cassandra_driver_works_through_it() {
        CassandraServer cassandra = CassandraServer.shared();
        try (TcpProxy before = TcpProxy.start(cassandra.host(), cassandra.port());
                CqlSession session = new CassandraLogin(
                                before.port(), false, CassandraServer.Membership.alone(Secrets.random(24)))
                        .open(cassandra.superuser(), cassandra.superuserPassword())) {
            long bytes = before.bytesToServer();
            assertThat(session.execute("SELECT key FROM system.local").one()).isNotNull();
            assertThat(before.bytesToServer()).isGreaterThan(bytes);
        }
    }
}
