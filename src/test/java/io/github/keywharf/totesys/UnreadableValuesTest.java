package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.pipeline.zone.RejectedFile;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that PostgreSQL has and no type here: their rows are rejected, and the rest goes on. */
class UnreadableValuesTest extends PipelineTestCase {

    private static List<Integer> ids(int... ids) {
        return java.util.Arrays.stream(ids).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rows_with_values_that_cannot_be_held_are_rejected_and_the_rest_is_loaded(boolean pipelined)
            throws SQLException {
        fixture.inSource(
                "UPDATE payment SET payment_amount = 'NaN' WHERE payment_id = 5",
                "UPDATE sales_order SET created_at = 'infinity' WHERE sales_order_id = 3",
                "CREATE TABLE shift (shift_id int PRIMARY KEY, ends time, day date, seen timestamptz)",
                "INSERT INTO shift VALUES (1, '24:00', '2024-05-01', now()), (2, '08:00', '-infinity', now()),"
                        + " (3, '09:00', 'infinity', '-infinity'), (4, '10:00', '2024-05-02', now())");
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        RunReport report = pipeline.run();

        assertThat(report.rejected()).isEqualTo(5);
        assertThat(report.table(PipelineStep.EXTRACT, "shift").orElseThrow().written())
                .isEqualTo(1);
        assertThat(report.table(PipelineStep.EXTRACT, "payment").orElseThrow().rejected())
                .isEqualTo(1);
        assertThat(fixture.differences(c -> c.rejected("fact_payment", ids(5)).rejected("fact_sales_order", ids(3))))
                .isEmpty();
        List<RejectedFile> files = pipeline.listRejected();
        assertThat(files).extracting(RejectedFile::step).containsOnly("extract");
        assertThat(files).extracting(RejectedFile::table).containsExactlyInAnyOrder("payment", "sales_order", "shift");
        assertThat(text(files, "payment"))
                .contains("\"payment_amount\"", "The value is NaN", "\"payment_id\":5", "\"payment_amount\":\"NaN\"");
        assertThat(text(files, "shift"))
                .contains("\"24:00:00\"", "\"shift_id\":3", "\"-infinity\"")
                .hasLineCount(3);

        fixture.inSource(
                "UPDATE payment SET payment_amount = 12.5 WHERE payment_id = 5",
                "UPDATE sales_order SET created_at = last_updated WHERE sales_order_id = 3",
                "DROP TABLE shift");
        assertThat(pipeline.run().rejected()).isZero();
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void dead_letters_of_a_step_that_never_committed_are_not_listed() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        fixture.inSource("UPDATE payment SET payment_amount = 'NaN' WHERE payment_id = 5");
        pipeline.run();
        assertThat(pipeline.listRejected()).extracting(RejectedFile::table).containsExactly("payment");
        // An extraction that is killed between its dead letters and its manifest leaves the first.
        for (long batch = 1; batch <= 2; batch++) {
            fixture.processed.createIfAbsent(
                    ZonePlaces.letters(fixture.processed, batch, "extract", "design")
                            .key(),
                    "{}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(pipeline.listRejected()).extracting(RejectedFile::table).containsExactly("payment");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_row_that_became_unreadable_is_not_taken_for_deleted(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        fixture.inSource(
                "UPDATE payment SET payment_amount = 'NaN' WHERE payment_id IN (5, 6)",
                "DELETE FROM payment WHERE payment_id = 7");
        RunReport report = pipeline.reconcile();

        assertThat(report.rejected()).isEqualTo(2);
        assertThat(fixture.list("SELECT table_name || ' ' || key_value FROM keywharf_deletion"))
                .containsExactly("fact_payment 7");
        assertThat(fixture.number("SELECT count(*) FROM current_payment WHERE payment_id IN (5, 6)"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rejected_rows_alone_are_a_batch_and_are_rejected_once(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        fixture.inSource("UPDATE payment SET payment_amount = 'NaN' WHERE payment_id = 5");

        assertThat(pipeline.run().rejected()).isEqualTo(1);
        RunReport next =
                fixture.pipeline(builder -> builder.pipelined(pipelined)).run();
        assertThat(next.rejected()).isZero();
        assertThat(next.ingested()).isEmpty();
        assertThat(pipeline.listBatches(1).get(0).rejected().get("payment"))
                .isEqualTo(new BatchRejects(1, "payment_id", List.of(5), true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rows_that_are_joined_to_one_that_cannot_be_read_keep_what_the_warehouse_has(boolean pipelined)
            throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        List<String> before = fixture.list("SELECT department_name FROM dim_staff ORDER BY staff_id");
        fixture.inSource(
                "UPDATE department SET created_at = 'infinity' WHERE department_id = 1",
                "UPDATE staff SET first_name = first_name");
        RunReport report = pipeline.run();

        assertThat(report.rejected()).isPositive();
        assertThat(fixture.list("SELECT department_name FROM dim_staff ORDER BY staff_id"))
                .isEqualTo(before);
        assertThat(fixture.number("SELECT count(*) FROM keywharf_deletion")).isZero();
        fixture.inSource("UPDATE department SET created_at = last_updated, department_name = 'Again'"
                + " WHERE department_id = 1");
        pipeline.run();
        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changes_that_a_feed_gives_are_rejected_row_by_row_too(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.name(fixture.sourceName)
                .detection(ChangeDetection.LOGICAL_REPLICATION)
                .pipelined(pipelined));
        fixture.inSource("CREATE TABLE odd (id numeric(5,1) PRIMARY KEY, day date)");
        pipeline.run();
        fixture.inSource(
                "UPDATE payment SET payment_amount = 'NaN' WHERE payment_id = 5",
                "UPDATE payment SET paid = NOT paid WHERE payment_id = 6",
                "UPDATE staff SET created_at = '-infinity' WHERE staff_id = 1",
                "INSERT INTO odd VALUES ('NaN', '2024-05-01'), (1, 'infinity'), (2, '2024-05-01')",
                "DELETE FROM odd WHERE id = 'NaN'");
        RunReport report = pipeline.run();

        assertThat(report.rejected()).isEqualTo(4);
        assertThat(report.table(PipelineStep.EXTRACT, "odd").orElseThrow().written())
                .isEqualTo(1);
        assertThat(text(pipeline.listRejected(), "odd")).contains("\"id\":\"NaN\"", "\"infinity\"");
        RunReport next = pipeline.run();
        assertThat(next.rejected()).isZero();
        assertThat(next.ingested()).isEmpty();
        fixture.inSource(
                "UPDATE payment SET payment_amount = 1 WHERE payment_id = 5",
                "UPDATE staff SET created_at = last_updated WHERE staff_id = 1");
        pipeline.run();
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void where_a_key_itself_cannot_be_read_nothing_is_concluded_about_deletions() throws SQLException {
        fixture.inSource("CREATE TABLE odd (id numeric(5,1) PRIMARY KEY)", "INSERT INTO odd VALUES ('NaN')");
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();

        assertThat(pipeline.listBatches(1).get(0).rejected().get("odd"))
                .isEqualTo(new BatchRejects(1, "id", List.of(), false));
    }

    private String text(List<RejectedFile> files, String table) {
        RejectedFile file = files.stream()
                .filter(it -> it.table().equals(table))
                .findFirst()
                .orElseThrow();
        return new String(fixture.processed.readSmall(file.key()), StandardCharsets.UTF_8).strip();
    }
}
