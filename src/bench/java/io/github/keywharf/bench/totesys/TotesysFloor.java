package io.github.keywharf.bench.totesys;

import io.github.keywharf.bench.postgres.Psql;
import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The floor: psql's binary COPY of the fact, transformed by the source's SQL, piped into psql's binary COPY; the
 * dimensions, joined by SQL, in one text pipe before it; the calendar made by the warehouse. No zones, no checks, no
 * control tables, and the rows must suit: what a person with a shell and a known, clean table would do.
 */
final class TotesysFloor {

    private static final String FACT = "sales_order_id, created_date, created_time, last_updated_date,"
            + " last_updated_time, sales_staff_id, counterparty_id, units_sold, unit_price, currency_id, design_id,"
            + " agreed_payment_date, agreed_delivery_date, agreed_delivery_location_id";

    /** The fact's rows, in the order of its columns. */
    static final String FACT_SQL = "SELECT sales_order_id, created_at::date, created_at::time, last_updated::date,"
            + " last_updated::time, staff_id, counterparty_id, units_sold, unit_price, currency_id, design_id,"
            + " agreed_payment_date::date, agreed_delivery_date::date, agreed_delivery_location_id FROM sales_order";

    /** A dimension of the warehouse and the SQL that makes its rows in the source. */
    record Dimension(String table, String columns, String sql) {}

    static final List<Dimension> DIMENSIONS = List.of(
            new Dimension(
                    "dim_design",
                    "design_id, design_name, file_location, file_name",
                    "SELECT design_id, design_name, file_location, file_name FROM design"),
            new Dimension(
                    "dim_location",
                    "location_id, address_line_1, address_line_2, district, city, postal_code, country, phone",
                    "SELECT address_id, address_line_1, address_line_2, district, city, postal_code, country, phone"
                            + " FROM address"),
            new Dimension(
                    "dim_currency",
                    "currency_id, currency_code, currency_name",
                    "SELECT currency_id, currency_code, CASE currency_code WHEN 'GBP' THEN 'Pound Sterling'"
                            + " WHEN 'USD' THEN 'US Dollar' WHEN 'EUR' THEN 'Euro' END FROM currency"),
            new Dimension(
                    "dim_staff",
                    "staff_id, first_name, last_name, department_name, location, email_address",
                    "SELECT staff_id, first_name, last_name, department_name, coalesce(location, 'unknown'),"
                            + " email_address FROM staff LEFT JOIN department USING (department_id)"),
            new Dimension(
                    "dim_counterparty",
                    "counterparty_id, counterparty_legal_name, counterparty_legal_address_line_1,"
                            + " counterparty_legal_address_line_2, counterparty_legal_district,"
                            + " counterparty_legal_city, counterparty_legal_postal_code,"
                            + " counterparty_legal_country, counterparty_legal_phone_number",
                    "SELECT counterparty_id, counterparty_legal_name, address_line_1, address_line_2, district, city,"
                            + " postal_code, country, phone FROM counterparty"
                            + " LEFT JOIN address ON address_id = legal_address_id"));

    /** The calendar's rows, made in the warehouse. */
    static final String CALENDAR = """
            INSERT INTO dim_date SELECT d::date, extract(year FROM d), extract(month FROM d), extract(day FROM d),
                extract(isodow FROM d), to_char(d, 'FMDay'), to_char(d, 'FMMonth'), extract(quarter FROM d)
            FROM generate_series(timestamp '2020-01-01', timestamp '2029-12-31', interval '1 day') d""";

    private final PostgresServer server;
    private final Psql psql;

    TotesysFloor(PostgresServer server) {
        this.server = server;
        this.psql = new Psql(server);
    }

    /**
     * Fills an empty warehouse.
     *
     * @param paused whether the fact's foreign keys are taken off by hand meanwhile and added again after it
     */
    void run(String source, String warehouse, boolean paused) throws Exception {
        StringBuilder out = new StringBuilder();
        for (Dimension dimension : DIMENSIONS) {
            out.append("\\echo COPY ")
                    .append(dimension.table())
                    .append(" (")
                    .append(dimension.columns())
                    .append(") FROM stdin;\n")
                    .append("COPY (")
                    .append(dimension.sql())
                    .append(") TO STDOUT;\n")
                    .append("\\echo '\\\\.'\n");
        }
        out.append("\\echo '")
                .append(CALENDAR.replace("'", "''").replace("\n", " "))
                .append(";'\n");
        List<String> keys = paused ? foreignKeys(warehouse) : List.of();
        for (String drop : drops(keys)) {
            out.append("\\echo '").append(drop).append(";'\n");
        }
        Psql.Pipe dimensions = psql.pipe(List.of("-f", "-"), source, List.of("-f", "-"), warehouse);
        dimensions.feed(out.toString());
        dimensions.await();
        psql.pipe(
                        List.of("-c", "COPY (" + FACT_SQL + ") TO STDOUT (FORMAT BINARY)"),
                        source,
                        List.of("-c", "COPY fact_sales_order (" + FACT + ") FROM STDIN (FORMAT BINARY)"),
                        warehouse)
                .await();
        if (paused) {
            server.execute(warehouse, adds(keys).toArray(new String[0]));
        }
    }

    private List<String> foreignKeys(String warehouse) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (Connection connection = server.connection(warehouse);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                        + " WHERE contype = 'f' AND conrelid = 'fact_sales_order'::regclass")) {
            while (rows.next()) {
                keys.add(rows.getString(1) + " " + rows.getString(2));
            }
        }
        return keys;
    }

    private static List<String> drops(List<String> keys) {
        return keys.stream()
                .map(key -> "ALTER TABLE fact_sales_order DROP CONSTRAINT " + key.substring(0, key.indexOf(' ')))
                .toList();
    }

    private static List<String> adds(List<String> keys) {
        return keys.stream()
                .map(key -> "ALTER TABLE fact_sales_order ADD CONSTRAINT " + key)
                .toList();
    }
}
