package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import java.sql.SQLException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Another table under a name that was read before. */
class ReplacedTableTest extends PipelineTestCase {

    private TotesysPipeline pipeline(ChangeDetection detection) {
        return fixture.pipeline(builder -> builder.name(fixture.sourceName).detection(detection));
    }

    /** Its rows are written, and read once under its own name, before it takes the other's. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOGICAL_REPLICATION")
    void a_table_that_was_swapped_by_renaming_is_read_whole(ChangeDetection detection) throws SQLException {
        TotesysPipeline pipeline = pipeline(detection);
        pipeline.run();
        fixture.inSource(
                "CREATE TABLE new_payment (LIKE payment INCLUDING ALL)",
                "INSERT INTO new_payment SELECT * FROM payment WHERE payment_id <> 5",
                "UPDATE new_payment SET payment_amount = 1.25, last_updated = '2024-05-02' WHERE payment_id = 3");
        pipeline.run();
        fixture.inSource("BEGIN; ALTER TABLE payment RENAME TO old_payment;"
                + " ALTER TABLE new_payment RENAME TO payment; COMMIT");
        RunReport report = pipeline.run();

        assertThat(report.ingested()).extracting(Batch::kind).containsExactly(BatchKind.INCREMENT);
        assertThat(fixture.list("SELECT payment_amount FROM current_payment WHERE payment_id = 3"))
                .containsExactly("1.25");
        assertThat(fixture.list("SELECT key_value FROM keywharf_deletion")).containsExactly("5");
        assertThat(pipeline.run().ingested()).isEmpty();
    }

    @Test
    void a_table_that_was_dropped_and_made_again_is_read_whole() throws SQLException {
        TotesysPipeline pipeline = pipeline(ChangeDetection.TRANSACTION_ID);
        pipeline.run();
        fixture.inSource(
                "CREATE TABLE _kept AS SELECT * FROM payment",
                "DROP TABLE payment",
                "CREATE TABLE payment AS SELECT * FROM _kept WHERE payment_id <> 5",
                "ALTER TABLE payment ADD PRIMARY KEY (payment_id)");
        pipeline.run();

        assertThat(fixture.list("SELECT key_value FROM keywharf_deletion")).containsExactly("5");
    }

    /** PostgreSQL rewrites no row for a column with a constant default, so no row looks new. */
    @Test
    void a_table_with_a_new_column_of_filled_rows_is_read_whole_once() throws SQLException {
        TotesysPipeline pipeline = pipeline(ChangeDetection.TRANSACTION_ID);
        pipeline.run();
        long rows = fixture.list("SELECT 1 FROM current_payment").size();
        fixture.inSource("ALTER TABLE payment ADD COLUMN channel text DEFAULT 'web'");

        assertThat(pipeline.run().ingested())
                .singleElement()
                .satisfies(batch -> assertThat(batch.kind()).isEqualTo(BatchKind.INCREMENT))
                .extracting(Batch::files, InstanceOfAssertFactories.list(BatchFile.class))
                .filteredOn(file -> file.table().equals("payment") && !file.deletions())
                .singleElement()
                .satisfies(file -> assertThat(file.rows()).isEqualTo(rows));
        assertThat(pipeline.run().ingested()).isEmpty();
    }

    @Test
    void positions_kept_before_tables_were_distinguished_go_on_as_they_are() throws SQLException {
        TotesysPipeline pipeline = pipeline(ChangeDetection.TRANSACTION_ID);
        pipeline.run();
        Batch batch = pipeline.listBatches(1).get(0);
        String manifest = new String(ZonePlaces.MANIFEST.write(batch), java.nio.charset.StandardCharsets.UTF_8)
                .replaceAll(",\\s*\"table\" : \"[^\"]+\"\\s*}", "}");
        Batch old = ZonePlaces.MANIFEST.read("manifest", manifest.getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(batch.positions().get("payment").table()).isNotEmpty();
        assertThat(old.positions().get("payment").table()).isEmpty();
        String identity = batch.positions().get("payment").table().orElseThrow();
        assertThat(old.positions().get("payment").isOfOther(identity)).isFalse();
        assertThat(old.positions().get("payment").ofTable(identity))
                .isEqualTo(batch.positions().get("payment"));
    }
}
