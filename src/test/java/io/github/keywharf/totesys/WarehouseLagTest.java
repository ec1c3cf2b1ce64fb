package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.store.StoreLease;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The lag is measured after each run and step, however it ended, also by a process that knows of no run before it. */
class WarehouseLagTest extends PipelineTestCase {

    private static final Duration THRESHOLD = Duration.ofMinutes(30);

    /** An hour after the batches of a test were read. */
    private static final InstantSource LATER = () -> Instant.now().plus(1, ChronoUnit.HOURS);

    private TotesysPipeline later(UnaryOperator<TotesysPipeline.Builder> options) {
        return options.apply(fixture.builder().clock(LATER)).build();
    }

    private void assertLagOfAnHour() {
        assertThat(fixture.named("totesys.lag.exceeded")).hasSize(1);
        Event event = fixture.named("totesys.lag.exceeded").get(0);
        assertThat(event.message()).endsWith("more than the " + THRESHOLD + " allowed");
        assertThat(event.facts())
                .singleElement()
                .satisfies(lag -> assertThat(Duration.ofNanos(lag.value()))
                        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(65)));
    }

    @Test
    void a_run_that_brings_the_warehouse_up_to_date_raises_no_alarm() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource("UPDATE sales_order SET units_sold = 1 WHERE sales_order_id = 3");
        RunReport report = pipeline.run();
        pipeline.extract();
        pipeline.transform();
        pipeline.load();

        assertThat(report.lag().orElseThrow()).isLessThan(THRESHOLD);
        assertThat(fixture.named("totesys.lag.exceeded")).isEmpty();
    }

    @Test
    void a_run_that_is_skipped_in_a_new_process() {
        fixture.pipeline().run();
        try (StoreLease other =
                StoreLease.acquire(fixture.ingestion, ZonePlaces.LEASE, "another", Duration.ofDays(1), LATER)) {
            assertThat(other.isHeld()).isTrue();
            RunReport report = later(builder -> builder).run();

            assertThat(report.skipped()).isPresent();
            assertThat(report.windowEnd().orElseThrow())
                    .isCloseTo(LocalDateTime.now(ZoneOffset.UTC), within(5, ChronoUnit.MINUTES));
            assertThat(report.lag().orElseThrow()).isGreaterThan(THRESHOLD);
        }
        assertLagOfAnHour();
    }

    @Test
    void a_run_that_fails_before_loading_in_a_new_process() {
        fixture.pipeline().run();
        try (PostgresDatabase gone = fixture.database("no_such_database")) {
            TotesysPipeline pipeline = later(builder -> builder.source(gone.source()));
            assertThatThrownBy(pipeline::run).isInstanceOf(KeywharfException.class);
        }
        assertLagOfAnHour();
    }

    @Test
    void a_run_that_cannot_reach_the_warehouse_in_a_new_process() {
        fixture.pipeline().run();
        try (PostgresDatabase gone = PostgresDatabase.builder()
                .host(fixture.server.host())
                .port(fixture.server.port())
                .database("no_such_database")
                .credentials(fixture.server.user(), Secret.of(fixture.server.password()))
                .build()) {
            TotesysPipeline pipeline = later(builder -> builder.warehouse(gone.warehouse()));
            assertThatThrownBy(pipeline::run).isInstanceOf(KeywharfException.class);
        }
        assertLagOfAnHour();
    }

    @Test
    void batches_that_were_never_loaded() {
        fixture.builder().build().extract();
        try (StoreLease other =
                StoreLease.acquire(fixture.ingestion, ZonePlaces.LEASE, "another", Duration.ofDays(1), LATER)) {
            assertThat(other.isHeld()).isTrue();
            RunReport report = later(builder -> builder).run();
            assertThat(report.windowEnd()).isEmpty();
        }
        assertLagOfAnHour();
    }

    @Test
    void each_single_step_in_a_new_process() {
        fixture.pipeline().run();
        later(builder -> builder).extract();
        assertLagOfAnHour();
        fixture.events.clear();
        later(builder -> builder).transform();
        assertLagOfAnHour();
        fixture.events.clear();
        fixture.inSource("UPDATE sales_order SET units_sold = 1 WHERE sales_order_id = 3");
        TotesysPipeline now = fixture.pipeline();
        now.extract();
        now.transform();
        now.load();
        assertThat(fixture.named("totesys.lag.exceeded")).isEmpty();
    }

    @Test
    void a_backfill_or_a_few_tables_do_not_pass_for_everything() throws SQLException {
        fixture.pipeline().run();
        LocalDateTime end = LocalDateTime.parse(fixture.list(windowEnds()).get(0));
        fixture.inSource("UPDATE sales_order SET units_sold = 1, last_updated = '2024-05-20' WHERE sales_order_id = 3");
        RunReport report = later(builder -> builder)
                .backfill(LocalDateTime.of(2024, 5, 19, 0, 0), LocalDateTime.of(2024, 5, 21, 0, 0));

        assertThat(report.ingested()).hasSize(1);
        assertThat(report.windowEnd()).contains(end);
        assertLagOfAnHour();
        fixture.events.clear();

        fixture.inSource("UPDATE design SET file_name = 'x' WHERE design_id = 1");
        TotesysPipeline few = fixture.pipeline();
        few.extract(List.of("design"));
        few.transform();
        few.load();
        assertThat(fixture.list(windowEnds())).hasSize(3).containsOnly(end.toString());
        fixture.pipeline().run();
        assertThat(LocalDateTime.parse(fixture.list(windowEnds()).get(3))).isAfter(end);
    }

    private static String windowEnds() {
        return "SELECT note ->> 'window_end' FROM keywharf_batch ORDER BY batch";
    }

    @Test
    void quiet_hours_leave_an_occasional_batch_so_that_a_new_process_knows_how_far_the_source_was_read()
            throws SQLException {
        fixture.pipeline().run();
        assertThat(fixture.pipeline().run().ingested()).isEmpty();
        assertThat(after(Duration.ofMinutes(14)).run().ingested()).isEmpty();
        RunReport report = after(Duration.ofMinutes(16)).run();
        assertThat(report.ingested()).hasSize(1);
        assertThat(report.ingested().get(0).files()).isEmpty();
        assertThat(report.loaded()).containsExactly(2L);
        TotesysPipeline quiet = after(Duration.ofMinutes(17));
        assertThat(quiet.run().ingested()).isEmpty();
        assertThat(quiet.run().ingested()).isEmpty();
        assertThat(fixture.list(windowEnds()))
                .containsExactly(
                        fixture.pipeline()
                                .listBatches(2)
                                .get(1)
                                .position()
                                .time()
                                .toString(),
                        report.ingested().get(0).position().time().toString());
        assertThat(fixture.differences()).isEmpty();
    }

    /** A pipeline whose source's clock has gone on by so much. */
    private TotesysPipeline after(Duration passed) {
        SqlSource real = fixture.source.source();
        return fixture.pipeline(builder -> builder.source(with(SqlSource.class, real, (method, result) -> {
            if (!method.equals("snapshot")) {
                return result;
            }
            return with(SourceSnapshot.class, (SourceSnapshot) result, (call, given) -> {
                if (!call.equals("position")) {
                    return given;
                }
                SnapshotPosition position = (SnapshotPosition) given;
                return new SnapshotPosition(
                        position.system(), position.snapshot(), position.time().plus(passed));
            });
        })));
    }

    private static <T> T with(Class<T> type, T real, BiFunction<String, Object, Object> change) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> change.apply(method.getName(), method.invoke(real, arguments))));
    }
}
