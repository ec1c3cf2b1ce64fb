package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A source that is a hot standby, whose snapshots do not list the transactions that run on the primary. */
class StandbySourceTest {

    private static PostgresServer primary;
    private static PostgresServer standby;

    @BeforeAll
    static void start() {
        primary = PostgresServer.start();
        standby = primary.startStandby();
    }

    @AfterAll
    static void stop() {
        if (standby != null) {
            standby.close();
        }
        primary.close();
    }

    private static PostgresDatabase replica(PipelineFixture fixture) {
        return PostgresDatabase.builder()
                .host(standby.host())
                .port(standby.port())
                .database(fixture.sourceName)
                .credentials(standby.user(), Secret.of(standby.password()))
                .build();
    }

    private static RunReport run(TotesysPipeline pipeline) {
        standby.awaitReplay(primary);
        return pipeline.run();
    }

    private static List<String> units(PipelineFixture fixture) throws SQLException {
        return fixture.list("SELECT units_sold FROM current_sales_order WHERE sales_order_id = 3");
    }

    private static void writeOne(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_committed_after_a_run_that_saw_later_transactions_is_not_lost(boolean editorFirst)
            throws SQLException {
        String number = "SELECT pg_current_xact_id()";
        String edit = "UPDATE sales_order SET units_sold = 4711 WHERE sales_order_id = 3";
        try (PipelineFixture fixture = PipelineFixture.on(primary);
                PostgresDatabase replica = replica(fixture);
                Connection idle = fixture.source();
                Connection editor = fixture.source()) {
            TotesysPipeline pipeline = fixture.pipeline(builder -> builder.source(replica.source()));
            run(pipeline);
            writeOne(editorFirst ? editor : idle, editorFirst ? edit : number);
            writeOne(editorFirst ? idle : editor, editorFirst ? number : edit);
            fixture.inSource("UPDATE staff SET first_name = 'Zenobia' WHERE staff_id = 1");
            run(pipeline);
            assertThat(fixture.list("SELECT first_name FROM dim_staff WHERE staff_id = 1"))
                    .containsExactly("Zenobia");
            assertThat(units(fixture)).doesNotContain("4711");

            editor.commit();
            run(pipeline);
            assertThat(units(fixture)).containsExactly("4711");
            idle.rollback();
            fixture.inSource("UPDATE sales_order SET units_sold = 4712 WHERE sales_order_id = 3");
            run(pipeline);
            assertThat(units(fixture)).containsExactly("4712");
            assertThat(fixture.differences()).isEmpty();
            try (Connection source = fixture.source()) {
                fixture.torture.deleteOrder(source, 3);
            }
            standby.awaitReplay(primary);
            pipeline.reconcile();
            assertThat(units(fixture)).isEmpty();
        }
    }
}
