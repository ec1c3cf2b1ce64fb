package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WithheldRightsTest {

    @Test
    void snapshot_is_taken_by_a_role_that_may_not_ask_for_the_clusters_identifier() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute(
                    "postgres",
                    "CREATE TABLE item (id int)",
                    "INSERT INTO item VALUES (7)",
                    "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC",
                    "REVOKE EXECUTE ON FUNCTION pg_control_checkpoint() FROM PUBLIC");
            server.createRole("postgres", "reader", "withheld", "GRANT SELECT ON item TO reader");
            try (PostgresDatabase database = PostgresDatabase.builder()
                            .host(server.host())
                            .port(server.port())
                            .database("postgres")
                            .credentials("reader", Secret.of("withheld"))
                            .build();
                    SourceSnapshot snapshot = database.source().snapshot()) {
                assertThat(snapshot.position().system()).startsWith("-/1/");
                assertThat(snapshot.read(ReadRequest.all("item")).toTable().size())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void a_role_with_time_limits_reads_writes_and_follows_changes() {
        try (TestDatabase test = new TestDatabase()) {
            String role = "limited_" + test.name();
            test.execute("CREATE TABLE item (id int PRIMARY KEY)");
            test.execute("CREATE VIEW slow AS SELECT 1 AS id FROM pg_sleep(0.5)");
            test.execute("CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5);"
                    + " RETURN NEW; END'");
            test.execute("CREATE TRIGGER slowly BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION slowly()");
            TestDatabase.server()
                    .createRole(
                            test.name(),
                            role,
                            "limited",
                            "GRANT SELECT, INSERT ON item, slow TO " + role,
                            "ALTER ROLE " + role + " SET statement_timeout = '100ms'",
                            "ALTER ROLE " + role + " SET transaction_timeout = '450ms'");
            try (PostgresDatabase limited = test.as(role, "limited")) {
                Table read = limited.table("slow").rows().toTable();
                assertThat(read.size()).isEqualTo(1);
                limited.table("item").write(read.rows());
                assertThat(test.query("SELECT id::text FROM item")).containsExactly("1");
                assertThatThrownBy(() -> limited.query("SELECT * FROM slow").table())
                        .hasMessageContaining("raise or lift statement_timeout")
                        .extracting(e -> ((KeywharfException) e).code())
                        .isEqualTo("postgres.cancelled");
            }
        }
    }

    @Test
    void table_of_which_a_policy_hides_rows_is_not_read_in_part() {
        try (TestDatabase test = new TestDatabase()) {
            String role = "policed_" + test.name();
            test.execute("CREATE TABLE item AS SELECT generate_series(1, 9) AS id");
            test.execute("CREATE VIEW all_items AS SELECT * FROM item");
            test.execute("CREATE POLICY few ON item USING (id < 3)");
            test.execute("ALTER TABLE item ENABLE ROW LEVEL SECURITY");
            TestDatabase.server()
                    .createRole(test.name(), role, "policed", "GRANT SELECT ON item, all_items TO " + role);
            try (PostgresDatabase policed = test.as(role, "policed")) {
                assertThat(policed.source().listTables())
                        .extracting(SourceTable::readable)
                        .containsExactly(false);
                assertThatThrownBy(() -> policed.table("item").rows().toTable())
                        .hasMessageContaining("row-level security")
                        .extracting(e -> ((KeywharfException) e).code())
                        .isEqualTo("postgres.not_permitted");
                try (SourceSnapshot snapshot = policed.source("public", true).snapshot()) {
                    assertThat(snapshot.read(ReadRequest.all("all_items"))
                                    .toTable()
                                    .size())
                            .isEqualTo(9);
                }
                assertThat(policed.query("SELECT * FROM item").table().size()).isEqualTo(2);
            } finally {
                test.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
            }
        }
    }

    @Test
    void snapshot_is_taken_where_the_position_in_the_log_is_withheld_or_not_known() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute(
                    "postgres",
                    "CREATE TABLE item (id int)",
                    "INSERT INTO item VALUES (7)",
                    "REVOKE EXECUTE ON FUNCTION pg_current_wal_lsn() FROM PUBLIC");
            server.createRole("postgres", "reader", "withheld", "GRANT SELECT ON item TO reader");
            checkTimelineWithheld(server);
            server.execute(
                    "postgres",
                    "GRANT EXECUTE ON FUNCTION pg_current_wal_lsn() TO PUBLIC",
                    "CREATE SCHEMA before",
                    """
                    CREATE FUNCTION before.pg_walfile_name(pg_lsn) RETURNS text LANGUAGE plpgsql AS
                    $$ BEGIN RAISE 'not here' USING ERRCODE = '55000'; END $$\
                    """,
                    "GRANT USAGE ON SCHEMA before TO reader",
                    "ALTER ROLE reader SET search_path = before, pg_catalog, public");
            checkTimelineWithheld(server);
        }
    }

    private static void checkTimelineWithheld(PostgresServer server) {
        try (PostgresDatabase database = PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("postgres")
                .credentials("reader", Secret.of("withheld"))
                .build()) {
            checkTimelineWithheld(database);
        }
    }

    private static void checkTimelineWithheld(PostgresDatabase database) {
        SnapshotPosition earlier;
        try (SourceSnapshot snapshot = database.source().snapshot(List.of("item"), Duration.ofSeconds(5))) {
            earlier = snapshot.position();
            assertThat(earlier.system()).matches("[0-9]+/-/[0-9]+/.+");
            assertThat(snapshot.read(ReadRequest.all("item")).toTable().size()).isEqualTo(1);
        }
        assertThat(database.table("item").rows().toTable().size()).isEqualTo(1);
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            ReadRequest since = new ReadRequest("item", List.of(), new Increment.Since(earlier));
            assertThat(snapshot.sql(since)).contains("age(xmin)");
            assertThat(snapshot.read(since).toTable().size()).isZero();
        }
    }
}
