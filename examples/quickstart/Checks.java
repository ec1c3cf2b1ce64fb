package examples.quickstart;

import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.totesys.generator.WarehouseComparison;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Questions put to the source and to the warehouse by SQL alone, so that the library does not judge itself. */
final class Checks {
    private static final String SALES = """
        SELECT to_char(o.created_at, 'YYYY-MM') AS month, currency_code, count(*) AS orders,
            sum(units_sold * unit_price) AS amount
        FROM sales_order o JOIN currency USING (currency_id) GROUP BY 1, 2 ORDER BY 1, 2\
        """;

    private static final String STARRED_SALES = """
        SELECT to_char(created_date, 'YYYY-MM') AS month, currency_code, count(*) AS orders,
            sum(units_sold * unit_price) AS amount
        FROM current_sales_order JOIN dim_currency USING (currency_id) GROUP BY 1, 2 ORDER BY 1, 2\
        """;

    private final Map<String, List<String>> faults = new LinkedHashMap<>();

    /** Enters what a check found: nothing, if all is well. */
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
        String wanted = source.query(SALES).all().print(Integer.MAX_VALUE);
        String found = warehouse.query(STARRED_SALES).all().print(Integer.MAX_VALUE);
        enter(
                "sales by month and currency are the same on both sides",
                wanted.equals(found) ? List.of() : List.of("the source has\n" + wanted, "the warehouse has\n" + found));
    }

    void expect(String check, String wanted, String found) {
        enter(check, wanted.equals(found) ? List.of() : List.of("wanted " + wanted + ", but found " + found));
    }

    Map<String, List<String>> faults() {
        return faults;
    }

    boolean allWell() {
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
