package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import io.github.keywharf.testing.aws.FakeRun;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** From a run that AppFlow lists to its rows, against a bucket of a real server. */
class AppFlowDataTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final List<String> NAMES = List.of("Id", "LastName", "Score__c", "Birthdate", "LastModifiedDate");
    private static final Schema CONTACT = Schema.of(
            Column.required("Id", ColumnType.STRING),
            Column.nullable("LastName", ColumnType.STRING),
            Column.nullable("Score__c", ColumnType.FLOAT64),
            Column.nullable("Birthdate", ColumnType.DATE),
            Column.nullable("LastModifiedDate", ColumnType.TIMESTAMP_UTC));

    private static S3Server s3;
    private static FakeServer server;
    private static FakeAppFlow fake;
    private static AWSManager aws;

    private String flow;
    private String bucket;
    private ObjectStore store;
    private static int number;

    @BeforeAll
    static void start() {
        s3 = S3Server.start(AwsKeys.ACCESS_KEY, AwsKeys.SECRET_KEY);
        fake = new FakeAppFlow();
        server = FakeServer.start(fake);
        aws = manager().connect();
    }

    private static AWSManager.Builder manager() {
        return AWSManager.builder()
                .credentials(AwsKeys.ACCESS_KEY, Secret.of(AwsKeys.SECRET_KEY))
                .region(FakeAppFlow.REGION)
                .endpoint(s3.endpoint())
                .endpoint(AwsService.APPFLOW, server.uri())
                .pathStyle(true);
    }

    @AfterAll
    static void stop() {
        aws.close();
        server.close();
        s3.close();
    }

    @BeforeEach
    void define() {
        number++;
        flow = "contacts-" + number;
        bucket = "crm-" + number;
        s3.createBucket(bucket);
        store = aws.store(bucket);
        fake.define(flow, "OnDemand", description -> s3(description).put("bucketName", bucket));
    }

    private static ObjectNode s3(ObjectNode description) {
        return (ObjectNode) description.at("/destinationFlowConfigList/0/destinationConnectorProperties/S3");
    }

    private void ran(String id, String status, int hour, long records) {
        fake.add(flow, FakeRun.of(id, status, NOON.plusSeconds(3_600L * hour)).with(status, records, 0, ""));
    }

    private static List<String> ids(FlowData data) {
        try (Stream<Row> rows = data.rows().stream()) {
            return rows.map(row -> row.string("Id")).toList();
        }
    }

    private static void assertFails(Runnable call, String code, String... texts) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(texts);
    }

    @Test
    void the_newest_successful_run_is_read_whatever_ran_after_it() {
        ran("run-1", "Successful", 0, 1);
        ran("run-2", "Successful", 1, 2);
        ran("run-3", "Error", 2, 0);
        ran("run-4", "InProgress", 3, 0);
        RunFolder.parquet(store, "contact/run-1/a", "old");
        RunFolder.parquet(store, "contact/run-2/a", "1");
        RunFolder.parquet(store, "contact/run-2/b", "2");
        RunFolder.parquet(store, "contact/run-4/a", "half");

        FlowData data = aws.flow(flow).data();

        assertThat(data.run().id()).isEqualTo("run-2");
        assertThat(ids(data)).containsExactly("1", "2");
        assertThat(ids(aws.flow(flow).data("run-1"))).containsExactly("old");
        assertFails(() -> aws.flow(flow).data("run-3"), "aws.run_not_successful", "run-3", "FAILED");
        assertFails(() -> aws.flow(flow).data("run-4"), "aws.run_not_successful", "run-4", "IN_PROGRESS");
        assertFails(() -> aws.flow(flow).data("run-5"), "aws.no_run", "run-5");
    }

    @Test
    void a_manager_of_a_flow_type_reads_and_renames_its_flow() {
        ran("run-1", "Successful", 0, 1);
        RunFolder.parquet(store, "sales/contact/run-1/a", "1");
        RunFolder.text(
                store,
                "config/flow_settings.json",
                "{\"contact\":{\"prefix\":\"sales/contact/\",\"flow_name\":\"" + flow + "\"}}");
        try (AWSManager contacts =
                manager().flowType("contact").flowBucket(bucket).connect()) {
            assertThat(ids(contacts.flowParquetData())).containsExactly("1");

            SparkFormatReport report = contacts.flow().ensureSparkFormat("run-1");

            assertThat(report.items().get(0).newKey()).contains("sales/contact/run-1/a.parquet");
            assertThat(ids(contacts.flowParquetData())).containsExactly("1");
        }
    }

    @Test
    void files_get_names_for_spark() {
        ran("run-1", "Successful", 0, 2);
        RunFolder.parquet(store, "contact/run-1/a", "1");
        RunFolder.parquet(store, "contact/run-10/a", "10");
        RunFolder.text(store, "contact/run-1/b", "Id,Name\n2,Ada\n");

        assertThat(aws.ensureSparkFormat(flow, SparkFormatOption.DRY_RUN).renamed())
                .isEqualTo(1);
        assertThat(aws.ensureSparkFormat(flow)).hasToString("0 ready, 1 renamed, 0 converted, 1 left");
        assertThat(RunFolder.dataKeys(store))
                .containsExactly("contact/run-1/a.parquet", "contact/run-1/b", "contact/run-10/a");
    }

    @Test
    void a_flow_that_never_succeeded_has_nothing_to_read() {
        ran("run-1", "Error", 0, 0);

        assertFails(() -> aws.flow(flow).data(), "aws.no_run", flow);
        assertFails(() -> aws.ensureSparkFormat(flow), "aws.no_run", flow);
    }

    @Test
    void a_run_without_records_has_no_rows_and_one_whose_files_are_gone_is_an_error() {
        ran("run-1", "Successful", 0, 5);
        ran("run-2", "Successful", 1, 0);

        assertThat(aws.flow(flow).data().files()).isEmpty();
        assertThat(aws.flow(flow).data().typed(CONTACT).table().size()).isZero();
        assertThat(aws.ensureSparkFormat(flow).isComplete()).isTrue();
        assertFails(() -> aws.flow(flow).data("run-1"), "aws.no_files", "run-1", "s3://" + bucket + "/contact/");
    }

    @Test
    void a_flow_that_writes_elsewhere_has_no_files() {
        fake.define(
                flow,
                "OnDemand",
                description -> description
                        .putArray("destinationFlowConfigList")
                        .addObject()
                        .put("connectorType", "Redshift"));
        ran("run-1", "Successful", 0, 5);

        assertFails(() -> aws.flow(flow).data(), "aws.no_destination", flow);
    }

    @Test
    void files_of_a_flow_without_ids_are_known_by_their_time() {
        Instant begun = Instant.now().minusSeconds(60);
        fake.define(
                flow,
                "OnDemand",
                description -> ((ObjectNode)
                                s3(description).put("bucketName", bucket).at("/s3OutputFormatConfig"))
                        .remove("prefixConfig"));
        fake.add(flow, new FakeRun("run-1", "Successful", begun, begun.plusSeconds(3_600), 1, 0, ""));
        RunFolder.parquet(store, "contact/2026.parquet", "1");

        assertThat(ids(aws.flow(flow).data())).containsExactly("1");

        fake.add(flow, new FakeRun("run-2", "Successful", begun.minusSeconds(5), begun.plusSeconds(3_700), 1, 0, ""));
        assertFails(() -> aws.flow(flow).data("run-1"), "aws.ambiguous_files", "run-2", "EXECUTION_ID");
    }

    @Test
    void an_object_that_is_replaced_while_it_is_read_is_an_error() {
        ran("run-1", "Successful", 0, 1);
        RunFolder.parquet(store, "contact/run-1/a", "1");
        // Larger than the end that is kept.
        RunFolder.parquet(
                store,
                "contact/run-1/b",
                Stream.generate(() -> UUID.randomUUID().toString()).limit(5_000).toArray(String[]::new));
        FlowData data = aws.flow(flow).data();
        try (Rows rows = data.rows()) {
            rows.next();
            RunFolder.parquet(store, "contact/run-1/b", "3", "4");

            assertFails(rows::next, "store.replaced", "contact/run-1/b");
        }
    }

    /** A run as both APIs of Salesforce write it, with a row that does not fit. */
    private FlowData contacts() {
        ran("run-1", "Successful", 0, 4);
        RunFolder.parquet(
                store,
                "contact/run-1/part-0",
                NAMES,
                List.of(
                        List.of("c-1", "Ada", "7.5", "1815-12-10", "2026-11-23T10:00:00.000+0000"),
                        List.of("c-2", "O'Hara", "", "", "2026-11-23T10:00:01.000Z"),
                        List.of("c-3", "Bob", "many", "", "")));
        RunFolder.parquet(store, "contact/run-1/part-1", List.of("LastName", "Id"), List.of(List.of("Cleo", "c-4")));
        return aws.flow(flow).data().typed(CONTACT);
    }

    @Test
    void a_run_goes_into_a_table_of_postgresql() {
        try (PostgresServer postgres = PostgresServer.start()) {
            postgres.execute(
                    "postgres",
                    "CREATE TABLE contact (\"Id\" text PRIMARY KEY, \"LastName\" text, \"Score__c\" double precision,"
                            + " \"Birthdate\" date, \"LastModifiedDate\" timestamptz)",
                    "INSERT INTO contact VALUES ('c-1', 'Lovelace', 1, NULL, NULL)");
            PostgresDatabase database =
                    PostgresDatabase.of(postgres.jdbcUrl("postgres"), postgres.user(), Secret.of(postgres.password()));

            WriteReport report = contacts().into(database.table("contact").upsertBy("Id"), RejectListener.keep(1_000));

            assertThat(report.read()).isEqualTo(4);
            assertThat(report.written()).isEqualTo(3);
            assertThat(report.rejects())
                    .singleElement()
                    .hasToString("[contact/run-1/part-0:3] Score__c: 'many' is not a valid float64");
            assertThat(database
                            .query("SELECT \"Id\", \"LastName\", \"Score__c\", \"Birthdate\","
                                    + " \"LastModifiedDate\" AT TIME ZONE 'UTC' AS at FROM contact ORDER BY 1")
                            .table()
                            .rows()
                            .stream()
                            .map(row -> row.toMap().values().toString()))
                    .containsExactly(
                            "[c-1, Ada, 7.5, 1815-12-10, 2026-11-23T10:00]",
                            "[c-2, O'Hara, null, null, 2026-11-23T10:00:01]",
                            "[c-4, Cleo, null, null, null]");
        }
    }

    @Test
    void a_run_goes_into_a_table_of_cassandra() {
        CassandraServer server = CassandraServer.shared();
        String keyspace = server.createKeyspace("flows");
        server.execute("CREATE TABLE " + keyspace + ".contact (\"Id\" text PRIMARY KEY, \"LastName\" text,"
                + " \"Score__c\" double, \"Birthdate\" date, \"LastModifiedDate\" timestamp)");
        CassandraManager cassandra = CassandraManager.of(server.session()).withKeyspace(keyspace);

        WriteReport report = contacts().into(cassandra.table("contact"), RejectListener.keep(1_000));

        assertThat(report.written()).isEqualTo(3);
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(cassandra.execute("SELECT * FROM contact WHERE \"Id\" = ?", "c-1").table().rows().stream()
                        .map(row -> row.toMap().toString()))
                .containsExactly(
                        "{Id=c-1, Birthdate=1815-12-10, LastModifiedDate=2026-11-23T10:00:00Z, LastName=Ada, Score__c=7.5}");
    }

    @Test
    void a_file_whose_key_cannot_be_read_is_an_error_and_not_left_out() {
        ran("run-1", "Successful", 0, 2);
        RunFolder.parquet(store, "contact/run-1/City=Bern/a", "1");
        try (var raw = TestClients.s3(s3)) {
            raw.putObject(r -> r.bucket(bucket).key("contact/run-1/City=A\\B/"), RequestBody.empty());
            assertThat(ids(aws.flow(flow).data())).containsExactly("1");
            raw.putObject(r -> r.bucket(bucket).key("contact/run-1/City=A\\B/b"), RequestBody.fromString("Id\n2\n"));
        }

        assertFails(() -> aws.flow(flow).data(), "store.key_unsupported", "A\\B/b");
        assertThat(RunFolder.keys(store)).containsExactly("contact/run-1/City=Bern/a");
    }
}
