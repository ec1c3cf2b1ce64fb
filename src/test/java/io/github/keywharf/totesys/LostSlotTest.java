package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes that the server does not keep: it gave up the slot, or somebody changed the publication. */
class LostSlotTest {

    @Test
    void a_table_that_somebody_took_out_of_the_publication_for_a_while_misses_nothing() throws SQLException {
        try (PipelineFixture fixture = PipelineFixture.start()) {
            TotesysPipeline pipeline = fixture.pipeline(
                    builder -> builder.name(fixture.sourceName).detection(ChangeDetection.LOGICAL_REPLICATION));
            pipeline.run();
            String publication = "keywharf_" + fixture.sourceName;
            for (boolean putBack : new boolean[] {true, false}) {
                int id = putBack ? 3 : 4;
                fixture.inSource(
                        "ALTER PUBLICATION " + publication + " DROP TABLE payment",
                        "UPDATE payment SET payment_amount = 4711 WHERE payment_id = " + id,
                        "DELETE FROM payment WHERE payment_id = " + (id + 10));
                if (putBack) {
                    fixture.inSource("ALTER PUBLICATION " + publication + " ADD TABLE payment");
                }
                pipeline.run();
                assertThat(fixture.differences(c -> c.deleted("fact_payment", putBack ? List.of(13) : List.of(13, 14))))
                        .isEmpty();
            }
            fixture.dropFeed(publication);
        }
    }

    @Test
    void a_slot_that_the_server_gave_up_is_reported_once_and_nothing_is_lost() throws SQLException {
        try (PostgresServer server = PostgresServer.start(
                        options -> options.logicalReplication().config("max_slot_wal_keep_size", "1MB"));
                PipelineFixture fixture = PipelineFixture.on(server)) {
            TotesysPipeline pipeline =
                    fixture.pipeline(builder -> builder.detection(ChangeDetection.LOGICAL_REPLICATION));
            pipeline.run();
            fixture.inSource(
                    "UPDATE payment SET payment_amount = 4711 WHERE payment_id = 3",
                    "DELETE FROM payment WHERE payment_id = 5",
                    "CREATE TABLE _filler (id int)");
            for (int i = 0; i < 4; i++) {
                fixture.inSource("INSERT INTO _filler VALUES (1)", "SELECT pg_switch_wal()");
            }
            fixture.inSource("CHECKPOINT");
            try (Connection source = fixture.source()) {
                assertThat(PipelineFixture.list(source, "SELECT wal_status FROM pg_replication_slots"))
                        .containsExactly("lost");
            }

            pipeline.run();
            assertThat(fixture.named("totesys.feed.lost")).hasSize(1);
            assertThat(fixture.list("SELECT payment_amount::int FROM fact_payment WHERE payment_id = 3 ORDER BY"
                            + " payment_record_id"))
                    .endsWith("4711");
            RunReport second = pipeline.run();
            assertThat(second.ingested()).extracting(Batch::kind).contains(BatchKind.RECONCILIATION);
            assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(5))))
                    .isEmpty();
            fixture.inSource("UPDATE payment SET payment_amount = 4712 WHERE payment_id = 3");
            RunReport third = pipeline.run();
            assertThat(third.table(PipelineStep.EXTRACT, "payment")
                            .orElseThrow()
                            .written())
                    .as("from the feed again")
                    .isEqualTo(1);
            assertThat(fixture.named("totesys.feed.lost")).hasSize(1);
            assertThat(fixture.named("totesys.step.failed")).isEmpty();
        }
    }

    /** The log of the restored server ends before the position of the newest batch. */
    @Test
    void a_data_directory_that_was_restored_under_a_newer_batch_is_reconciled() throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServer.Options::logicalReplication);
                PipelineFixture source = PipelineFixture.on(server);
                PipelineFixture fixture = PipelineFixture.start()) {
            TotesysPipeline pipeline = source.pipeline(builder -> builder.detection(ChangeDetection.LOGICAL_REPLICATION)
                    .warehouse(fixture.database(fixture.warehouseName).warehouse()));
            pipeline.run();
            Path data;
            try (Connection connection = source.source()) {
                data = Path.of(
                        PipelineFixture.list(connection, "SHOW data_directory").get(0));
            }
            Path copy = data.resolveSibling(data.getFileName() + "-copy");
            server.stop();
            copy(data, copy);
            server.restart();
            source.inSource("UPDATE payment SET payment_amount = payment_amount + 1 WHERE payment_id > 60");
            pipeline.run();
            server.stop();
            copy(copy, data);
            server.restart();
            source.inSource("UPDATE payment SET payment_amount = 4711 WHERE payment_id <= 60");
            pipeline.run();
            pipeline.run();

            assertThat(source.named("totesys.feed.lost")).hasSize(1);
            try (Connection from = source.source()) {
                String amounts = "SELECT payment_id || ' ' || payment_amount FROM %s ORDER BY payment_id";
                assertThat(fixture.list(amounts.formatted("current_payment")))
                        .isEqualTo(PipelineFixture.list(from, amounts.formatted("payment")));
            }
        }
    }

    /** The restored server's transaction numbers and log have overtaken the newest batch before the next run. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LAST_UPDATED")
    void a_data_directory_that_was_restored_and_written_on_is_compared_whole(ChangeDetection detection)
            throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServer.Options::logicalReplication);
                PipelineFixture source = PipelineFixture.on(server);
                PipelineFixture fixture = PipelineFixture.start()) {
            TotesysPipeline pipeline = source.pipeline(builder -> builder.detection(detection)
                    .warehouse(fixture.database(fixture.warehouseName).warehouse()));
            pipeline.run();
            Path data;
            try (Connection connection = source.source()) {
                data = Path.of(
                        PipelineFixture.list(connection, "SHOW data_directory").get(0));
            }
            Path copy = data.resolveSibling(data.getFileName() + "-copy");
            server.stop();
            copy(data, copy);
            server.restart();
            source.inSource("UPDATE payment SET payment_amount = payment_amount + 1 WHERE payment_id = 60");
            pipeline.run();
            server.stop();
            copy(copy, data);
            server.restart();
            source.inSource("CREATE TABLE _filler (text text)");
            for (int id = 1; id <= 20; id++) {
                source.inSource("UPDATE payment SET payment_amount = 4711 WHERE payment_id = " + id);
            }
            for (int i = 0; i < 20; i++) {
                source.inSource("INSERT INTO _filler SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
            }
            pipeline.run();
            pipeline.run();

            try (Connection from = source.source()) {
                String amounts = "SELECT payment_id || ' ' || payment_amount FROM %s ORDER BY payment_id";
                assertThat(fixture.list(amounts.formatted("current_payment")))
                        .isEqualTo(PipelineFixture.list(from, amounts.formatted("payment")));
            }
        }
    }

    /** Makes one directory the same as another. */
    private static void copy(Path from, Path to) throws Exception {
        if (Files.exists(to)) {
            try (Stream<Path> old = Files.walk(to)) {
                for (Path path : old.sorted(Comparator.reverseOrder())
                        .filter(path -> !path.equals(to))
                        .toList()) {
                    Files.delete(path);
                }
            }
        }
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path));
                if (!Files.isDirectory(target)) {
                    Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
