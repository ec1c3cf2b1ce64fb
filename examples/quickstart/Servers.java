package examples.quickstart;

import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.S3Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The servers that a real deployment has elsewhere: PostgreSQL with a source and a warehouse, S3 with two buckets, and
 * Cassandra, unless it is left out, which starts in the background until it is needed. They listen on free ports of the
 * loopback address, and end with this process at the latest.
 */
final class Servers implements AutoCloseable {
    static final String SOURCE = "totesys";
    static final String WAREHOUSE = "warehouse";
    static final String INGESTION = "ingestion";
    static final String PROCESSED = "processed";

    private final PostgresServer postgres;
    private final S3Server s3;
    private final Optional<String> withoutCassandra;
    private final CompletableFuture<CassandraServer> cassandra;

    private Servers(PostgresServer postgres, S3Server s3, Optional<String> withoutCassandra) {
        this.postgres = postgres;
        this.s3 = s3;
        this.withoutCassandra = withoutCassandra;
        this.cassandra = withoutCassandra.isPresent()
                ? new CompletableFuture<>()
                : Background.supply(() -> CassandraServer.builder()
                        .requireTls(true)
                        .option("cluster_name: keywharf-quickstart")
                        .start());
    }

    /** Starts the servers; without Cassandra if there is a reason to leave it out. */
    static Servers start(Optional<String> withoutCassandra) {
        PostgresServer postgres = PostgresServer.start();
        try {
            postgres.createDatabase(SOURCE);
            postgres.createDatabase(WAREHOUSE);
            S3Server s3 = S3Server.start();
            s3.createBucket(INGESTION);
            s3.createBucket(PROCESSED);
            return new Servers(postgres, s3, withoutCassandra);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    PostgresDatabase database(String name) {
        return PostgresDatabase.builder()
                .host(postgres.host())
                .port(postgres.port())
                .database(name)
                .credentials(postgres.user(), Secret.of(postgres.password()))
                .build();
    }

    /** Why there is no Cassandra; empty if there is. */
    Optional<String> withoutCassandra() {
        return withoutCassandra;
    }

    /** A connection beside the library, to do what the owners of the databases do. */
    Connection connection(String name) throws SQLException {
        return postgres.connection(name);
    }

    AWSManager aws() {
        return AWSManager.builder()
                .endpoint(s3.endpoint())
                .pathStyle(true)
                .region("eu-west-2")
                .credentials(s3.accessKey(), Secret.of(s3.secretKey()))
                .connect();
    }

    /** A session of that user's, encrypted, and with the server's certificate checked. */
    CassandraManager cassandra(String user, Secret password) {
        CassandraServer server = cassandra.join();
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .trust(server.caCertificate())
                .credentials(user, password)
                .connect();
    }

    CassandraManager superuser() {
        CassandraServer server = cassandra.join();
        return cassandra(server.superuser(), Secret.of(server.superuserPassword()));
    }

    String cassandraDatacenter() {
        return cassandra.join().localDatacenter();
    }

    @Override
    public void close() {
        try (postgres;
                s3) {
            if (withoutCassandra.isEmpty()) {
                cassandra.join().close();
            }
        }
    }

    @Override
    public String toString() {
        return "  PostgreSQL on " + postgres.host() + ":" + postgres.port() + "\n  S3 on " + s3.endpoint()
                + (withoutCassandra.isPresent() ? "" : "\n  Cassandra, which takes a little longer");
    }
}
