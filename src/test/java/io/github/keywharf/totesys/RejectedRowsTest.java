package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.zone.RejectedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectedRowsTest extends PipelineTestCase {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_bad_date_rejects_its_row_only_and_the_repaired_row_is_taken_in(boolean pipelined)
            throws SQLException, IOException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        int order = 5;
        fixture.inSource("UPDATE sales_order SET agreed_delivery_date = 'next week' WHERE sales_order_id = " + order);
        RunReport report = pipeline.run();

        assertThat(report.rejected()).isEqualTo(1);
        assertThat(fixture.differences(c -> c.rejected("fact_sales_order", List.of(order))))
                .isEmpty();
        List<RejectedFile> files = pipeline.listRejected();
        assertThat(files).hasSize(1);
        String text = text(files.get(0));
        assertThat(text).contains("agreed_delivery_date").contains("'next week' is not a day");

        Path repaired = folder.resolve("repaired.jsonl");
        Files.writeString(repaired, text.replace("\"next week\"", "\"2024-06-01\""));
        RunReport repair = pipeline.repair(files.get(0), repaired);

        assertThat(repair.rejected()).isZero();
        assertThat(fixture.list("SELECT agreed_delivery_date FROM fact_sales_order WHERE sales_order_id = " + order))
                .containsExactly("2024-06-01");
    }

    @Test
    void a_repair_that_is_still_wrong_is_rejected_again() throws SQLException, IOException {
        TotesysPipeline pipeline = fixture.pipeline();
        fixture.inSource("UPDATE sales_order SET agreed_delivery_date = '2024-02-30' WHERE sales_order_id = 5");
        pipeline.run();
        RejectedFile file = pipeline.listRejected().get(0);
        Path repaired = folder.resolve("repaired.jsonl");
        Files.writeString(repaired, text(file).replace("\"2024-02-30\"", "\"2023-02-29\""));

        RunReport report = pipeline.repair(file, repaired);

        assertThat(report.rejected()).isEqualTo(1);
        assertThat(pipeline.listRejected()).hasSize(2);
    }

    @Test
    void a_repaired_file_that_cannot_be_read_is_rejected_and_the_report_counts_its_lines()
            throws SQLException, IOException {
        TotesysPipeline pipeline = fixture.pipeline();
        fixture.inSource("UPDATE sales_order SET agreed_delivery_date = '2024-02-30' WHERE sales_order_id = 5");
        pipeline.run();
        RejectedFile file = pipeline.listRejected().get(0);
        Path repaired = Files.writeString(folder.resolve("repaired.jsonl"), "{\"a\":1}\n");

        RunReport report = pipeline.repair(file, repaired);

        assertThat(report.rejected()).isEqualTo(1);
        assertThat(report.toString()).containsPattern("(?m)^repair +read.*\\R  fact_sales_order +1 +0 +0 +1 ");
    }

    @Test
    void a_repaired_file_without_rows_commits_no_batch() throws SQLException, IOException {
        TotesysPipeline pipeline = fixture.pipeline();
        fixture.inSource("UPDATE sales_order SET agreed_delivery_date = '2024-02-30' WHERE sales_order_id = 5");
        pipeline.run();
        RejectedFile file = pipeline.listRejected().get(0);
        Path repaired = Files.writeString(folder.resolve("repaired.jsonl"), "");

        RunReport report = pipeline.repair(file, repaired);

        assertThat(report.ingested()).isEmpty();
        assertThat(report.rejected()).isZero();
        assertThat(fixture.number("SELECT count(*) FROM keywharf_batch")).isEqualTo(1);
    }

    @Test
    void a_repaired_file_that_is_missing_is_named() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        fixture.inSource("UPDATE sales_order SET agreed_delivery_date = '2024-02-30' WHERE sales_order_id = 5");
        pipeline.run();
        RejectedFile file = pipeline.listRejected().get(0);
        Path missing = folder.resolve("missing.jsonl");

        assertThatThrownBy(() -> pipeline.repair(file, missing))
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("give a repaired copy of " + file.key());
    }

    @Test
    void a_row_that_stays_bad_is_not_taken_for_deleted() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource("UPDATE sales_order SET agreed_payment_date = '' WHERE sales_order_id = 5");
        pipeline.run();
        pipeline.reconcile();

        assertThat(fixture.list("SELECT key_value FROM keywharf_deletion")).isEmpty();
        assertThat(fixture.number("SELECT count(*) FROM current_sales_order WHERE sales_order_id = 5"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted", "emptied", "another key", "no rows"})
    void a_dead_letter_file_that_was_changed_is_not_taken_for_deletions(String change) throws SQLException {
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.pipelined(false).reconcileEvery(java.time.Duration.ZERO));
        pipeline.run();
        fixture.inSource("UPDATE sales_order SET agreed_payment_date = '' WHERE sales_order_id = 5");
        pipeline.extract();
        pipeline.transform();
        RejectedFile file = pipeline.listRejected().get(0);
        byte[] content = fixture.processed.readSmall(file.key());
        fixture.processed.delete(file.key());
        if (!change.equals("deleted")) {
            String edited = switch (change) {
                case "emptied" -> "";
                case "another key" ->
                    new String(content, StandardCharsets.UTF_8)
                            .replaceFirst("\"sales_order_id\": ?5\\b", "\"sales_order_id\":6");
                default -> "nothing like it\n";
            };
            fixture.processed.createIfAbsent(file.key(), edited.getBytes(StandardCharsets.UTF_8));
        }

        org.assertj.core.api.Assertions.assertThatThrownBy(pipeline::load)
                .isInstanceOfSatisfying(
                        io.github.keywharf.KeywharfException.class,
                        e -> assertThat(e.code()).isEqualTo("totesys.rejects_changed"))
                .hasMessageContaining(file.key())
                .hasMessageContaining("Restore it")
                .hasMessageContaining("_keywharf/processed/");
        assertThat(fixture.list("SELECT key_value FROM keywharf_deletion")).isEmpty();

        if (change.equals("emptied")) {
            try (var manifests = fixture.processed.list("_keywharf/processed/")) {
                fixture.processed.delete(manifests.findFirst().orElseThrow().key());
            }
            fixture.processed.delete(file.key());
            pipeline.transform();
        } else {
            fixture.processed.delete(file.key());
            fixture.processed.createIfAbsent(file.key(), content);
        }
        pipeline.load();
        assertThat(fixture.list("SELECT key_value FROM keywharf_deletion")).isEmpty();
    }

    @Test
    void a_currency_that_iso_4217_does_not_know_may_have_a_fallback_name() throws SQLException {
        try (Connection source = fixture.source()) {
            fixture.torture.unknownCurrency(source, "XQZ", java.time.LocalDateTime.of(2024, 5, 20, 12, 0));
        }
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.star(StarSchema.totesys().withCurrencyFallback("not listed")));

        assertThat(pipeline.run().rejected()).isZero();
        assertThat(fixture.list("SELECT currency_code || ' ' || currency_name FROM dim_currency WHERE currency_id > 3"))
                .containsExactly("XQZ not listed");
    }

    @Test
    void the_calendar_grows_by_the_dates_that_facts_bring() throws SQLException {
        int order;
        try (Connection source = fixture.source()) {
            order = fixture.torture.dateOutsideCalendar(source, 5);
            fixture.torture.oldAndFutureTimestamps(source, java.time.LocalDateTime.of(2024, 5, 20, 12, 0));
        }
        RunReport report = fixture.pipeline().run();

        assertThat(report.rejected()).isZero();
        assertThat(order).isEqualTo(5);
        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.number("SELECT count(*) FROM dim_date WHERE date_id NOT BETWEEN DATE '2020-01-01' AND DATE"
                        + " '2029-12-31'"))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_calendar_grows_while_foreign_keys_stay_on_and_in_later_runs(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined)
                .warehouse(fixture.warehouse.warehouse().withPauseForeignKeys(false)));
        fixture.inSource("UPDATE sales_order SET agreed_delivery_date = '2041-02-03' WHERE sales_order_id = 5");
        assertThat(pipeline.run().rejected()).isZero();
        fixture.inSource("UPDATE payment SET payment_date = '1999-12-31' WHERE payment_id = 5");
        assertThat(pipeline.run().rejected()).isZero();

        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.number(
                        "SELECT count(*) FROM dim_date WHERE date_id IN (DATE '2041-02-03', DATE '1999-12-31')"))
                .isEqualTo(2);
    }

    private String text(RejectedFile file) {
        return new String(fixture.processed.readSmall(file.key()), StandardCharsets.UTF_8);
    }
}
