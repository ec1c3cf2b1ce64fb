package examples.quickstart;

import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares the source and the warehouse by SQL alone, so that the library does not judge itself. */
final class Checks {
    static final String SALES = """
        SELECT to_char(o.created_at, 'YYYY-MM') AS month, currency_code, count(*) AS orders,
            sum(units_sold * unit_price) AS amount
        FROM sales_order o JOIN currency USING (currency_id) GROUP BY 1, 2 ORDER BY 1, 2\
        """;

    static final String STARRED_SALES = """
        SELECT to_char(created_date, 'YYYY-MM') AS month, currency_code, count(*) AS orders,
            sum(units_sold * unit_price) AS amount
        FROM current_sales_order JOIN dim_currency USING (currency_id) GROUP BY 1, 2 ORDER BY 1, 2\
        """;

    private final Map<String, List<String>> faults = new LinkedHashMap<>();
    private final Map<String, Totals> totals = new TreeMap<>();

    /** Orders and their amount in one currency, on both sides. */
    private static final class Totals {
        private final long[] orders = new long[2];
        private final BigDecimal[] amounts = {BigDecimal.ZERO, BigDecimal.ZERO};

        private void add(int side, Row row) {
            orders[side] += ((Number) row.value("orders")).longValue();
            amounts[side] = amounts[side].add(new BigDecimal(row.string("amount")));
        }
    }

    /** Enters what a check found: nothing, if it passed. */
    void enter(String check, List<String> found) {
        faults.put(check, List.copyOf(found));
    }

    void compareRows(Connection source, Connection warehouse, int deletedOrder) throws SQLException {
        enter(
                "current warehouse rows match the source exactly",
                new WarehouseComparison()
                        .deleted("fact_sales_order", List.of(deletedOrder))
                        .compare(source, warehouse));
    }

    void compareSales(PostgresDatabase source, PostgresDatabase warehouse) {
        Table inSource = source.query(SALES).table();
        Table inWarehouse = warehouse.query(STARRED_SALES).table();
        inSource.forEach(row -> totalsOf(row).add(0, row));
        inWarehouse.forEach(row -> totalsOf(row).add(1, row));
        String wanted = inSource.print(Integer.MAX_VALUE);
        String found = inWarehouse.print(Integer.MAX_VALUE);
        enter(
                "sales by month and currency are the same on both sides",
                wanted.equals(found) ? List.of() : List.of("the source has\n" + wanted, "the warehouse has\n" + found));
    }

    private Totals totalsOf(Row row) {
        return totals.computeIfAbsent(String.valueOf(row.string("currency_code")), currency -> new Totals());
    }

    /** Orders and sales by currency, the source's first. */
    List<Map<String, Object>> totals() {
        List<Map<String, Object>> list = new ArrayList<>();
        totals.forEach((currency, both) ->
                list.add(Map.of("currency", currency, "orders", both.orders, "amounts", both.amounts)));
        return list;
    }

    /** Each check with what it found. */
    List<Map<String, Object>> found() {
        List<Map<String, Object>> list = new ArrayList<>();
        faults.forEach((check, found) -> list.add(Map.of("name", check, "faults", found)));
        return list;
    }

    void expect(String check, String wanted, String found) {
        enter(check, wanted.equals(found) ? List.of() : List.of("expected " + wanted + ", but found " + found));
    }

    boolean allPassed() {
        return faults.values().stream().allMatch(List::isEmpty);
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        faults.forEach((check, found) -> {
            lines.add((found.isEmpty() ? "  ok      " : "  FAILED  ") + check);
            found.forEach(line -> lines.add("            " + line.replace("\n", "\n            ")));
        });
        return String.join("\n", lines);
    }
}
