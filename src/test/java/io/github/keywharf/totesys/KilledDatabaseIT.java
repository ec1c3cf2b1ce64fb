package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Progress;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineSchedule;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Either database is killed in the middle of a run, and started again. */
class KilledDatabaseIT {

    private static final String WAREHOUSE = "warehouse";
    private static final List<String> CODES =
            List.of("postgres.connection_lost", "postgres.unreachable", "postgres.commit_unknown", "postgres.failed");

    private static PostgresServer sources;
    private static PostgresServer warehouses;

    private final AtomicReference<Predicate<Event>> moment = new AtomicReference<>(event -> false);
    private final AtomicReference<PostgresServer> prey = new AtomicReference<>();
    private PipelineFixture fixture;
    private PostgresDatabase warehouse;

    @BeforeAll
    static void startServers() {
        sources = PostgresServer.start(PostgresServer.Options::logicalReplication);
        warehouses = PostgresServer.start();
    }

    @AfterAll
    static void stopServers() {
        sources.close();
        warehouses.close();
    }

    @BeforeEach
    void start() throws SQLException {
        fixture = PipelineFixture.on(sources);
        warehouses.createDatabase(WAREHOUSE);
        warehouse = PostgresDatabase.builder()
                .host(warehouses.host())
                .port(warehouses.port())
                .database(WAREHOUSE)
                .credentials(warehouses.user(), Secret.of(warehouses.password()))
                .build();
    }

    @AfterEach
    void stop() {
        warehouse.close();
        warehouses.execute("postgres", "DROP DATABASE " + WAREHOUSE + " WITH (FORCE)");
        fixture.close();
    }

    private TotesysPipeline pipeline(boolean pipelined, ChangeDetection detection) {
        TotesysPipeline pipeline = fixture.builder()
                .name(fixture.sourceName)
                .warehouse(warehouse.warehouse())
                .pipelined(pipelined)
                .detection(detection)
                .lease(Duration.ofSeconds(2))
                .events(event -> {
                    fixture.events.add(event);
                    if (moment.get().test(event)) {
                        moment.set(other -> false);
                        prey.get().kill();
                    }
                })
                .build();
        pipeline.createWarehouse();
        return pipeline;
    }

    /** Kills a server when a certain event comes. */
    private void killAt(PostgresServer server, Predicate<Event> event) {
        prey.set(server);
        moment.set(event);
    }

    private static Predicate<Event> progress(String task) {
        return event -> event instanceof Progress progress && progress.subject().equals(task);
    }

    private static Predicate<Event> finished(PipelineStep step) {
        return event -> event.name().equals("totesys." + step + ".finished");
    }

    private void change() throws SQLException {
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 1);
            fixture.torture.silentEdit(source, 5);
        }
    }

    private List<String> differences() throws SQLException {
        try (Connection from = fixture.source();
                Connection to = warehouses.connection(WAREHOUSE)) {
            return new WarehouseComparison().compare(from, to);
        }
    }

    private static RunReport runUntilItMay(TotesysPipeline pipeline) {
        RunReport report = pipeline.run();
        while (report.skipped().isPresent()) {
            report = pipeline.run();
        }
        return report;
    }

    private void failsClearly(TotesysPipeline pipeline) {
        Throwable failure = catchThrowable(pipeline::run);
        assertThat(prey.get().running()).as("the server was killed").isFalse();
        assertThat(failure)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isIn(CODES))
                .hasMessageStartingWith("[");
        assertThat(failure.getMessage())
                .doesNotContain(sources.password())
                .doesNotContain(warehouses.password())
                .containsAnyOf("check that the server runs", "check host and port", "load it again, which is safe");
    }

    @ParameterizedTest
    @CsvSource({
        "address, true, TRANSACTION_ID",
        "sales_order, true, TRANSACTION_ID",
        "sales_order, false, TRANSACTION_ID",
        "payment, true, LOGICAL_REPLICATION",
    })
    void a_source_that_dies_in_the_middle_of_a_run_is_read_by_the_next(
            String table, boolean pipelined, ChangeDetection detection) throws SQLException {
        TotesysPipeline pipeline = pipeline(pipelined, detection);
        killAt(sources, progress("extract " + table));
        Throwable first = catchThrowable(pipeline::run);
        assertThat(sources.running())
                .as("the source still runs: it was not killed")
                .isFalse();
        if (first != null) {
            // Nothing fails where all was read by then.
            assertThat(first)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isIn(CODES));
        }
        sources.restart();
        runUntilItMay(pipeline);
        assertThat(differences()).isEmpty();

        change();
        sources.kill();
        prey.set(sources);
        failsClearly(pipeline);
        sources.restart();
        runUntilItMay(pipeline);
        assertThat(differences()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, EXTRACT", "true, TRANSFORM", "false, EXTRACT", "false, TRANSFORM"})
    void a_warehouse_that_dies_in_the_middle_of_a_load_gets_the_batch_from_the_next_run(
            boolean pipelined, PipelineStep step) throws SQLException {
        TotesysPipeline pipeline = pipeline(pipelined, ChangeDetection.TRANSACTION_ID);
        killAt(warehouses, finished(step));
        failsClearly(pipeline);
        warehouses.restart();
        RunReport report = runUntilItMay(pipeline);
        assertThat(report.loaded()).containsExactly(1L);
        assertThat(report.ingested()).isEmpty();
        assertThat(differences()).isEmpty();

        change();
        killAt(warehouses, progress("extract sales_order"));
        failsClearly(pipeline);
        warehouses.restart();
        runUntilItMay(pipeline);
        assertThat(differences()).isEmpty();
        assertThat(pipeline.listBatches(9)).hasSize(2);
    }

    @Test
    void a_schedule_goes_on_by_itself_when_the_databases_are_back() throws SQLException {
        TotesysPipeline pipeline = pipeline(true, ChangeDetection.TRANSACTION_ID);
        try (PipelineSchedule schedule = pipeline.every(Duration.ofMillis(50))) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> schedule.findLatest().isPresent());
            for (PostgresServer server : List.of(sources, warehouses)) {
                int failures = fixture.named("totesys.step.failed").size();
                server.kill();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> fixture.named("totesys.step.failed").size() > failures);
                server.restart();
                change();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> differences().isEmpty());
            }
        }
    }
}
