package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresDatabase.Ssl;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.CassandraServer.ServerCertificate;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.tls.TlsConfig;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTlsTest {

    private final PostgresServer server = PostgresServer.start();
    private Path trusted = Path.of("");
    private Path other = Path.of("");

    @BeforeAll
    void writeAuthorities(@TempDir Path directory) throws Exception {
        trusted = Files.writeString(directory.resolve("ca.pem"), PostgresServer.authority());
        other = Files.writeString(directory.resolve("other.pem"), PostgresServer.otherAuthority());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private PostgresDatabase.Builder database(Ssl ssl, Path authority) {
        return PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("postgres")
                .credentials(server.user(), Secret.of(server.password()))
                .ssl(ssl)
                .property("sslrootcert", authority.toString());
    }

    private static boolean encrypted(PostgresDatabase.Builder builder) {
        try (PostgresDatabase database = builder.build()) {
            Table table = database.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                    .table();
            return Boolean.TRUE.equals(table.row(0).value("ssl"));
        }
    }

    private static void assertRefused(PostgresDatabase.Builder builder, String code, String words) {
        assertThatThrownBy(() -> encrypted(builder))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    @Test
    void a_certificate_that_is_trusted_and_for_the_host_lets_the_connection_through() {
        server.offerTls(ServerCertificate.VALID);
        assertThat(encrypted(database(Ssl.VERIFY_FULL, trusted))).isTrue();
        assertThat(encrypted(database(Ssl.VERIFY_FULL, trusted).host("localhost")))
                .isTrue();
        assertThat(encrypted(database(Ssl.PREFER, trusted))).isTrue();
        assertThat(encrypted(database(Ssl.DISABLE, trusted))).isFalse();
    }

    @Test
    void a_certificate_for_another_host_is_refused_when_it_is_to_be_verified() {
        server.offerTls(ServerCertificate.OTHER_HOST);
        assertRefused(database(Ssl.VERIFY_FULL, trusted), "postgres.certificate_name", "is not for this host");
        assertThat(encrypted(database(Ssl.REQUIRE, Path.of("")))).isTrue();
    }

    @Test
    void a_certificate_that_is_not_in_its_time_is_refused() {
        server.offerTls(ServerCertificate.EXPIRED);
        assertRefused(database(Ssl.VERIFY_FULL, trusted), "postgres.certificate_expired", "not in its time");
    }

    @Test
    void a_certificate_of_an_unknown_authority_is_refused() {
        server.offerTls(ServerCertificate.VALID);
        assertRefused(database(Ssl.VERIFY_FULL, other), "postgres.untrusted", "withTrust");
    }

    private PostgresDatabase.Builder database(TlsConfig tls) {
        return PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("postgres")
                .credentials(server.user(), Secret.of(server.password()))
                .tls(tls);
    }

    @Test
    void the_configuration_of_all_other_clients_does_for_this_one() throws Exception {
        TlsConfig tls = TlsConfig.ofSystem().withTrust(Files.readString(trusted));
        server.offerTls(ServerCertificate.VALID);
        assertThat(encrypted(database(tls))).isTrue();
        assertRefused(database(tls.withTrust(other)), "postgres.untrusted", "withTrust");
        assertRefused(database(tls.withTrust(trusted.resolveSibling("none.pem"))), "tls.unreadable", "none.pem");
        assertRefused(
                database(tls.withCertificateName("elsewhere")), "postgres.certificate_name", "is not for this host");
        server.offerTls(ServerCertificate.OTHER_HOST);
        assertRefused(database(tls), "postgres.certificate_name", "is not for this host");
        assertThat(encrypted(database(tls.withHostnameVerification(false)))).isTrue();
        server.offerTls(ServerCertificate.EXPIRED);
        assertRefused(database(tls), "postgres.certificate_expired", "not in its time");
        server.stopTls();
        assertRefused(database(tls), "postgres.tls_not_offered", "does not offer TLS");
        assertThatThrownBy(() -> database(tls).ssl(Ssl.REQUIRE).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sslmode require");
    }

    @Test
    void an_authority_that_cannot_be_read_is_named() {
        server.offerTls(ServerCertificate.VALID);
        assertRefused(database(Ssl.VERIFY_FULL, trusted.resolveSibling("none.pem")), "postgres.tls_failed", "none.pem");
    }

    @Test
    void a_server_without_tls_is_refused_unless_plain_text_will_do() {
        server.stopTls();
        assertRefused(database(Ssl.REQUIRE, trusted), "postgres.tls_not_offered", "does not offer TLS");
        assertRefused(database(Ssl.VERIFY_FULL, trusted), "postgres.tls_not_offered", "does not offer TLS");
        assertThat(encrypted(database(Ssl.PREFER, trusted))).isFalse();
    }

    /** What comes after a refusal of TLS would be the user's name, and then a password, in plain text. */
    @Test
    void nothing_is_sent_in_plain_text_when_tls_was_asked_for() throws Exception {
        ExecutorService background = Executors.newSingleThreadExecutor();
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            for (Ssl ssl : new Ssl[] {Ssl.REQUIRE, Ssl.VERIFY_FULL}) {
                for (byte answer : new byte[] {'N', 'E'}) {
                    CompletableFuture<Integer> more = new CompletableFuture<>();
                    background.execute(() -> answer(socket, answer, more));
                    assertThatThrownBy(() -> encrypted(database(ssl, trusted)
                                    .host("127.0.0.1")
                                    .port(socket.getLocalPort())
                                    .connectTimeout(Duration.ofSeconds(5))))
                            .isInstanceOf(KeywharfException.class);
                    assertThat(more.get(20, TimeUnit.SECONDS))
                            .as("%s after %s", ssl, (char) answer)
                            .isEqualTo(-1);
                }
            }
        } finally {
            background.shutdownNow();
        }
    }

    /** Answers one request for TLS, and gives the byte that follows, -1 when the client hangs up. */
    private static void answer(ServerSocket server, byte answer, CompletableFuture<Integer> more) {
        try (Socket socket = server.accept();
                InputStream in = socket.getInputStream()) {
            in.readNBytes(8);
            socket.getOutputStream().write(answer);
            if (answer == 'E') {
                socket.shutdownOutput();
            }
            more.complete(in.read());
        } catch (Exception e) {
            more.completeExceptionally(e);
        }
    }
}
