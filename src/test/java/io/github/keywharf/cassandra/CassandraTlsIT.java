package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.CassandraServer.ServerCertificate;
import org.junit.jupiter.api.Test;

/** What needs a server of another shape. */
class CassandraTlsIT {
    private static CassandraBuilder builder(CassandraServer server) {
        return SharedCassandra.builder(server);
    }

    private static void connects(CassandraBuilder builder) {
        try (CassandraManager cassandra = builder.connect()) {
            assertThat(cassandra.execute("SELECT key FROM system.local").one()).isPresent();
        }
    }

    private static void refused(CassandraBuilder builder, String code) {
        assertThatThrownBy(() -> builder.connect().close())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void a_client_certificate_is_shown_in_every_form_and_its_lack_is_told() {
        try (CassandraServer server =
                CassandraServer.builder().requireClientCertificate(true).start()) {
            connects(builder(server).clientCertificate(server.clientCertificate(), server.clientKey()));
            connects(builder(server).clientCertificate(server.clientCertificate(), server.clientKeyPkcs1()));
            connects(builder(server)
                    .clientCertificate(
                            server.clientCertificate(),
                            server.clientKeyEncrypted(),
                            Secret.of(server.clientKeyPassword())));
            connects(builder(server).clientCertificate(server.clientBundle()));

            refused(builder(server), "cassandra.no_client_certificate");
            refused(
                    CassandraManager.builder()
                            .contactPoint(server.host(), server.port())
                            .credentials(server.superuser(), Secret.of(server.superuserPassword())),
                    "cassandra.tls_required");
        }
    }

    @Test
    void an_expired_certificate_is_refused_with_its_date() {
        try (CassandraServer server =
                CassandraServer.builder().certificate(ServerCertificate.EXPIRED).start()) {
            refused(builder(server), "cassandra.certificate_expired");
            assertThatThrownBy(() -> builder(server).connect().close()).hasMessageContaining("NotAfter");
        }
    }
}
