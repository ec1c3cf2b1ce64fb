package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import io.github.keywharf.testing.CassandraServer.ServerCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class CassandraServerIT {
    @Test
    void what_was_acknowledged_outlives_a_kill_on_the_same_port() throws IOException {
        try (ServerSocket taken = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress());
                CassandraServer server = onceOnATakenPort(taken.getLocalPort())) {
            int port = server.port();
            assertThat(port).isNotEqualTo(taken.getLocalPort());
            String keyspace = server.createKeyspace("shop");
            server.execute("CREATE TABLE " + keyspace + ".item (id int PRIMARY KEY)");
            server.createUser("clerk", "clerk's password");
            server.execute("INSERT INTO " + keyspace + ".item (id) VALUES (1)");
            long pid = server.pid();

            server.kill();
            assertThat(server.isAlive()).isFalse();
            assertThat(ProcessHandle.of(pid)).isEmpty();
            assertThatThrownBy(() -> server.execute("SELECT release_version FROM system.local"))
                    .isInstanceOf(AllNodesFailedException.class);

            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.session()
                            .execute("SELECT id FROM " + keyspace + ".item")
                            .all())
                    .hasSize(1);
            server.session("clerk", "clerk's password").close();
            assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
        }
    }

    /** Also asks for all else that differs from the shared server, as each start takes seconds. */
    private static CassandraServer onceOnATakenPort(int taken) {
        Deque<Integer> ports = new ArrayDeque<>(List.of(taken));
        return CassandraServer.builder()
                .durableCommits(true)
                .requireClientCertificate(true)
                .certificate(ServerCertificate.EXPIRED)
                .option("permissions_validity: 2000ms")
                .ports(() -> ports.isEmpty() ? Ports.free() : ports.remove())
                .start();
    }

    @Test
    void server_ends_and_leaves_no_file_when_the_jvm_of_its_test_is_killed() throws IOException, InterruptedException {
        Process test = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Orphan.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = test.inputReader(StandardCharsets.UTF_8)) {
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
            Path directory = Path.of(said.readLine());
            assertThat(directory).exists();
            test.destroyForcibly().waitFor();
            await().atMost(Duration.ofSeconds(20)).until(() -> !server.isAlive());
            assertThat(directory).doesNotExist();
        }
    }

    /** A test that starts a server, says where, and waits to be killed. */
    static final class Orphan {
        private Orphan() {}

        public static void main(String[] arguments) throws InterruptedException {
            CassandraServer server = CassandraServer.shared();
            System.out.println(server.pid());
            System.out.println(server.log().getParent());
            Thread.currentThread().join();
        }
    }
}
