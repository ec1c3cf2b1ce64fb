package io.github.keywharf.totesys;

import static java.util.stream.Collectors.toCollection;

import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Dead letters of a pipeline, without what may differ between two that were filled by different runs of one history. */
final class RejectedContents {

    private RejectedContents() {}

    /**
     * The rows of the files that a pipeline lists, as texts: batch, step, table, column, reason and row. Attempts are left
     * out, as a step that died and was begun again has rejected the same rows twice.
     *
     * @param processed the store of the pipeline's processed zone
     */
    static Set<String> of(TotesysPipeline pipeline, ObjectStore processed) {
        Set<String> all = new TreeSet<>();
        for (RejectedFile file : pipeline.listRejected()) {
            String place = file.batch() + " " + file.step().replaceFirst("-\\d+$", "") + " " + file.table();
            try (var rows = RejectedRows.read(processed, file.key())) {
                rows.forEach(row -> all.add(place + " " + row.column() + " " + row.reason() + " " + row.row()));
            }
        }
        return all;
    }

    /** The comparison without the rows of currencies that ISO 4217 does not know, whose codes begin with X. */
    static WarehouseComparison withoutUnknownCurrencies(WarehouseComparison comparison, Connection source)
            throws SQLException {
        return comparison
                .rejected("dim_currency", unknown(source, "currency_id FROM currency"))
                .rejected(
                        "fact_sales_order",
                        unknown(source, "sales_order_id FROM sales_order JOIN currency USING (currency_id)"))
                .rejected(
                        "fact_purchase_orders",
                        unknown(source, "purchase_order_id FROM purchase_order JOIN currency USING (currency_id)"))
                .rejected("fact_payment", unknown(source, "payment_id FROM payment JOIN currency USING (currency_id)"));
    }

    private static List<Integer> unknown(Connection source, String keys) throws SQLException {
        return PipelineFixture.list(source, "SELECT " + keys + " WHERE currency_code LIKE 'X%'").stream()
                .map(Integer::valueOf)
                .toList();
    }

    /** Where the second differs from the first, a line for each row; empty where they are alike. */
    static List<String> differences(Set<String> wanted, Set<String> found) {
        return Stream.concat(
                        wanted.stream()
                                .filter(row -> !found.contains(row))
                                .map(row -> "dead letter is missing: " + row),
                        found.stream()
                                .filter(row -> !wanted.contains(row))
                                .map(row -> "dead letter is not of the source: " + row))
                .toList();
    }

    /** The same rows without the numbers of their batches: overlapping windows carry rows again, in more batches after deaths. */
    static Set<String> withoutBatches(Set<String> rows) {
        return rows.stream().map(row -> row.substring(row.indexOf(' ') + 1)).collect(toCollection(TreeSet::new));
    }
}
