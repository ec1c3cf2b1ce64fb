package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.CassandraServer.ServerCertificate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What needs a server of another shape. */
@Tag("each-jdk")
class CassandraTlsIT {
    private static CassandraManager.Builder builder(CassandraServer server) {
        return SharedCassandra.builder(server);
    }

    private static void connects(CassandraManager.Builder builder) {
        try (CassandraManager cassandra = builder.connect()) {
            assertThat(cassandra.execute("SELECT key FROM system.local").one()).isPresent();
        }
    }

    private static void refused(CassandraManager.Builder builder, String code, String words) {
        assertThatThrownBy(() -> builder.connect().close())
                .hasMessageContaining(words)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** One server for all, since each start takes seconds. */
    @Test
    void a_client_certificate_is_shown_in_every_form_and_faults_of_certificates_are_reported() {
        try (CassandraServer server =
                CassandraServer.builder().requireClientCertificate(true).start()) {
            connects(builder(server).clientCertificate(server.clientCertificate(), server.clientKey()));
            connects(builder(server).clientCertificate(server.clientCertificate(), server.clientKeyPkcs1()));
            connects(builder(server)
                    .clientCertificate(
                            server.clientCertificate(),
                            server.clientKeyEncrypted(),
                            Secret.of(server.clientKeyPassword())));
            CassandraManager.Builder bundle = builder(server).clientCertificate(server.clientBundle());
            connects(bundle);

            refused(builder(server), "cassandra.no_client_certificate", "clientCertificate(…)");
            refused(
                    CassandraManager.builder()
                            .contactPoint(server.host(), server.port())
                            .credentials(server.superuser(), Secret.of(server.superuserPassword())),
                    "cassandra.tls_required",
                    "trust(…)");

            server.certificate(ServerCertificate.EXPIRED);
            refused(bundle, "cassandra.certificate_expired", "NotAfter");
            server.certificate(ServerCertificate.OTHER_HOST);
            refused(bundle, "cassandra.certificate_name", "127.0.0.1");
            connects(bundle.certificateName("node.other.example"));
        }
    }
}
