package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reconciliation of every day, with the clock a little before, at and after its time. */
class ReconciliationCadenceTest extends PipelineTestCase {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    private TotesysPipeline pipeline() {
        return fixture.pipeline(builder -> builder.clock(now::get));
    }

    /** Runs a first time, deletes a payment, changes a sale, and moves the clock on from the first reading. */
    private TotesysPipeline later(Duration since) {
        TotesysPipeline pipeline = pipeline();
        Batch first = pipeline.run().ingested().get(0);
        fixture.inSource("DELETE FROM payment WHERE payment_id = 5");
        sell(3, 77);
        LocalDateTime read = first.reconciled().orElseThrow();
        now.set(read.plus(since).toInstant(ZoneOffset.UTC));
        return pipeline;
    }

    @ParameterizedTest
    @CsvSource({
        "PT23H, INCREMENT",
        "PT23H59M59.999999999S, INCREMENT",
        "PT24H, RECONCILIATION",
        "PT24H0.000000001S, RECONCILIATION",
        "PT25H, RECONCILIATION"
    })
    void a_run_reads_everything_once_a_day_has_passed(Duration since, BatchKind kind) throws SQLException {
        TotesysPipeline pipeline = later(since);

        assertThat(pipeline.plan().kind()).isEqualTo(kind);
        assertThat(pipeline.run().ingested()).extracting(Batch::kind).containsExactly(kind);
        assertThat(fixture.list("SELECT key_value FROM keywharf_deletion"))
                .isEqualTo(kind == BatchKind.RECONCILIATION ? List.of("5") : List.of());
    }

    @ParameterizedTest
    @CsvSource({"PT23H59M59.999999999S, INCREMENT", "PT24H, RECONCILIATION"})
    void an_extraction_alone_keeps_the_same_cadence(Duration since, BatchKind kind) {
        assertThat(later(since).extract()).extracting(Batch::kind).containsExactly(kind);
    }
}
