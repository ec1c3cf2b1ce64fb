package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.S3Server;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is wrong with the surroundings is said plainly and without a secret, changes nothing, and once it is put right the
 * next run carries everything over.
 */
class ClearErrorsTest extends PipelineTestCase {

    private static final String WRONG = "wrong-password-0815";
    private static final String ROLE_PASSWORD = "role-password-4711";

    private Clarity clarity;

    @BeforeEach
    void startClarity() {
        clarity = new Clarity().secret(fixture.server.password()).secret(WRONG).secret(ROLE_PASSWORD);
    }

    /** A good run, a change of the source, a run that must fail and leave all as it is, and a run once it is repaired. */
    private void survives(
            TotesysPipeline good, Supplier<RunReport> broken, Runnable repair, String code, String... words)
            throws SQLException {
        good.run();
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 1);
            fixture.torture.silentEdit(source, 3);
        }
        Map<String, List<String>> before = versions();
        KeywharfException failure = clarity.failure(fixture, broken);
        repair.run();
        clarity.check(fixture, failure, code, words);
        assertThat(WarehouseVersions.differences(before, versions())).isEmpty();

        good.run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(versions()).isNotEqualTo(before);
    }

    private Map<String, List<String>> versions() throws SQLException {
        try (Connection warehouse = fixture.warehouse()) {
            return WarehouseVersions.of(warehouse);
        }
    }

    private PostgresDatabase.Builder described(String database) {
        return PostgresDatabase.builder()
                .host(fixture.server.host())
                .port(fixture.server.port())
                .database(database)
                .credentials(fixture.server.user(), Secret.of(fixture.server.password()))
                .connectTimeout(Duration.ofSeconds(3));
    }

    private void survivesSource(PostgresDatabase.Builder broken, String code, String... words) throws SQLException {
        try (PostgresDatabase database = broken.build()) {
            TotesysPipeline pipeline =
                    fixture.builder().source(database.source()).build();
            survives(fixture.pipeline(), pipeline::run, () -> {}, code, words);
        }
    }

    private void survivesWarehouse(PostgresDatabase.Builder broken, Runnable repair, String code, String... words)
            throws SQLException {
        try (PostgresDatabase database = broken.build()) {
            TotesysPipeline pipeline =
                    fixture.builder().warehouse(database.warehouse()).build();
            survives(fixture.pipeline(), pipeline::run, repair, code, words);
        }
    }

    @Test
    void a_wrong_password_of_the_source() throws SQLException {
        survivesSource(
                described(fixture.sourceName).credentials(fixture.server.user(), Secret.of(WRONG)),
                "postgres.bad_credentials",
                "/" + fixture.sourceName + "]",
                "refuses the user or the password",
                "check both");
    }

    @Test
    void a_wrong_password_of_the_warehouse() throws SQLException {
        survivesWarehouse(
                described(fixture.warehouseName).credentials(fixture.server.user(), Secret.of(WRONG)),
                () -> {},
                "postgres.bad_credentials",
                "/" + fixture.warehouseName + "]",
                "check both");
    }

    @Test
    void a_database_that_is_not_there() throws SQLException {
        survivesSource(described("no_such_database"), "postgres.no_database", "/no_such_database]", "check its name");
    }

    @Test
    void a_port_where_nobody_answers() throws SQLException, IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        survivesSource(
                described(fixture.sourceName).port(port),
                "postgres.unreachable",
                ":" + port + "/",
                "check host and port");
    }

    @Test
    void an_unknown_host() throws SQLException {
        survivesWarehouse(
                described(fixture.warehouseName).host("no-such-host.invalid"),
                () -> {},
                "postgres.unreachable",
                "[no-such-host.invalid:",
                "check host and port");
    }

    @Test
    void a_bucket_that_is_missing() throws SQLException {
        try (S3Server server = S3Server.start();
                AWSManager aws = aws(server, server.secretKey())) {
            clarity.secret(server.secretKey());
            TotesysPipeline pipeline = fixture.pipeline(
                    builder -> builder.ingestion(aws.store("no-such-bucket")).processed(aws.store("no-such-bucket")));
            KeywharfException failure = clarity.failure(fixture, pipeline::run);
            clarity.check(fixture, failure, "store.no_bucket", "s3://no-such-bucket", "bucket");

            server.createBucket("no-such-bucket");
            pipeline.run();
            assertThat(fixture.differences()).isEmpty();
        }
    }

    @Test
    void a_wrong_secret_of_the_store() throws SQLException {
        try (S3Server server = S3Server.start();
                AWSManager wrong = aws(server, WRONG);
                AWSManager right = aws(server, server.secretKey())) {
            server.createBucket("zone");
            clarity.secret(server.secretKey());
            TotesysPipeline good = fixture.pipeline(
                    builder -> builder.ingestion(right.store("zone")).processed(right.store("zone")));
            TotesysPipeline broken = fixture.builder()
                    .ingestion(wrong.store("zone"))
                    .processed(wrong.store("zone"))
                    .build();
            survives(good, broken::run, () -> {}, "store.bad_credentials", "s3://zone", "check access key");
        }
    }

    private static AWSManager aws(S3Server server, String secret) {
        return AWSManager.builder()
                .credentials(server.accessKey(), Secret.of(secret))
                .region("eu-west-1")
                .endpoint(server.endpoint())
                .pathStyle(true)
                .connect();
    }

    @Test
    void a_role_that_may_only_read_the_warehouse() throws SQLException {
        String role = "reader_" + fixture.warehouseName;
        fixture.pipeline();
        fixture.server.createRole(
                fixture.warehouseName, role, ROLE_PASSWORD, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
        survivesWarehouse(
                described(fixture.warehouseName).credentials(role, Secret.of(ROLE_PASSWORD)),
                () -> {},
                "postgres.not_permitted",
                "permission denied",
                "grant the right");
        fixture.inWarehouse("DROP OWNED BY " + role, "DROP ROLE " + role);
    }

    @Test
    void a_warehouse_that_is_read_only() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        String database = "ALTER DATABASE " + fixture.warehouseName;
        survives(
                pipeline,
                () -> {
                    fixture.server.execute("postgres", database + " SET default_transaction_read_only = on");
                    try (PostgresDatabase fresh = fixture.database(fixture.warehouseName)) {
                        return fixture.builder()
                                .warehouse(fresh.warehouse())
                                .build()
                                .run();
                    }
                },
                () -> fixture.server.execute("postgres", database + " RESET default_transaction_read_only"),
                "postgres.read_only",
                "/" + fixture.warehouseName + "]",
                "read-only",
                "default_transaction_read_only");
    }

    @Test
    void a_warehouse_whose_disk_is_full() throws SQLException {
        survives(
                fixture.pipeline(),
                () -> {
                    fixture.inWarehouse(
                            """
                            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                                RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
                            END $$\
                            """,
                            "CREATE TRIGGER full_disk BEFORE INSERT ON fact_payment"
                                    + " FOR EACH ROW EXECUTE FUNCTION full_disk()");
                    return fixture.builder().build().run();
                },
                () -> fixture.inWarehouse("DROP TRIGGER full_disk ON fact_payment", "DROP FUNCTION full_disk()"),
                "postgres.out_of_resources",
                "[fact_payment]",
                "No space left on device",
                "free some");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3_000, 10_000})
    void a_store_that_is_full(long bytes) throws SQLException {
        LimitedStore ingestion = new LimitedStore(fixture.ingestion);
        LimitedStore processed = new LimitedStore(fixture.processed);
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.ingestion(ingestion).processed(processed));
        survives(
                pipeline,
                () -> {
                    (bytes == 10_000 ? ingestion : processed).limit(bytes);
                    fixture.inSource("UPDATE sales_order SET units_sold = units_sold + 1");
                    return pipeline.run();
                },
                () -> {
                    ingestion.limit(Long.MAX_VALUE);
                    processed.limit(Long.MAX_VALUE);
                },
                "store.full",
                "memory",
                "no space left",
                "free some");
    }

    @Test
    void a_source_without_tables() throws SQLException {
        try (PipelineFixture empty = PipelineFixture.startEmpty()) {
            TotesysPipeline pipeline = empty.pipeline();
            RunReport report = pipeline.run();

            assertThat(report.stopped()).containsOnlyKeys(StarSchema.totesys().sourceTables());
            assertThat(report.stopped().get("sales_order")).contains("sales_order");
            assertThat(report.loaded()).isEmpty();
            assertThat(empty.named("totesys.table.stopped"))
                    .hasSize(StarSchema.totesys().sourceTables().size());

            try (Connection source = empty.source()) {
                empty.generator.createSchema(source);
                empty.generator.generateHistory(source);
            }
            pipeline.run();
            assertThat(empty.differences()).isEmpty();
        }
    }

    @Test
    void a_table_that_the_role_may_not_read_is_left_out_until_it_may() throws SQLException {
        String role = "source_" + fixture.sourceName;
        fixture.server.createRole(
                fixture.sourceName,
                role,
                ROLE_PASSWORD,
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role,
                "REVOKE SELECT ON payment FROM " + role);
        try (PostgresDatabase limited = described(fixture.sourceName)
                .credentials(role, Secret.of(ROLE_PASSWORD))
                .build()) {
            TotesysPipeline pipeline = fixture.pipeline(builder -> builder.source(limited.source()));
            RunReport report = pipeline.run();
            assertThat(report.stopped()).containsOnlyKeys("payment");
            assertThat(report.stopped().get("payment"))
                    .contains("may not read table 'payment' in full", "Grant it SELECT");
            assertThat(report.written(PipelineStep.LOAD)).isPositive();
            fixture.inSource("GRANT SELECT ON payment TO " + role);
            pipeline.run();
            assertThat(fixture.differences()).isEmpty();
        } finally {
            fixture.inSource("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void rows_that_a_policy_hides_are_not_taken_for_deleted() throws SQLException {
        String role = "policed_" + fixture.sourceName;
        fixture.server.createRole(
                fixture.sourceName, role, ROLE_PASSWORD, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
        try (PostgresDatabase policed = described(fixture.sourceName)
                .credentials(role, Secret.of(ROLE_PASSWORD))
                .build()) {
            TotesysPipeline pipeline = fixture.pipeline(builder -> builder.source(policed.source()));
            pipeline.run();
            fixture.inSource(
                    "CREATE POLICY most ON payment USING (payment_id % 10 > 0)",
                    "ALTER TABLE payment ENABLE ROW LEVEL SECURITY");
            RunReport report = pipeline.reconcile();
            assertThat(report.stopped()).containsOnlyKeys("payment");
            assertThat(report.stopped().get("payment")).contains("row-level security", "BYPASSRLS");
            assertThat(fixture.differences()).isEmpty();
            fixture.inSource("ALTER ROLE " + role + " BYPASSRLS");
            pay(3, 77);
            assertThat(pipeline.reconcile().stopped()).isEmpty();
            assertThat(fixture.differences()).isEmpty();
        } finally {
            fixture.inSource("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }
}
