package io.github.keywharf.testing.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The warehouse under comparison is filled by plain SQL, in a schema of its own beside the source. */
class WarehouseComparisonTest {
    private static final List<String> WAREHOUSE = List.of(
            "CREATE SCHEMA wh",
            "CREATE TABLE wh.dim_design AS SELECT design_id, design_name, file_location, file_name FROM design",
            "CREATE TABLE wh.dim_payment_type AS SELECT payment_type_id, payment_type_name::text FROM payment_type",
            """
            CREATE TABLE wh.dim_transaction AS
            SELECT transaction_id, transaction_type::text, sales_order_id, purchase_order_id FROM transaction""",
            """
            CREATE TABLE wh.dim_currency AS SELECT currency_id, currency_code,
                CASE currency_code WHEN 'GBP' THEN 'Pound Sterling' WHEN 'USD' THEN 'US Dollar' ELSE 'Euro' END
                AS currency_name FROM currency""",
            """
            CREATE TABLE wh.dim_location AS SELECT address_id AS location_id, address_line_1, address_line_2, district,
                city, postal_code, country, phone FROM address""",
            """
            CREATE TABLE wh.dim_staff AS SELECT staff_id, first_name, last_name, department_name, location,
                email_address FROM staff JOIN department USING (department_id)""",
            """
            CREATE TABLE wh.dim_counterparty AS SELECT counterparty_id, counterparty_legal_name,
                address_line_1 AS counterparty_legal_address_line_1,
                address_line_2 AS counterparty_legal_address_line_2, district AS counterparty_legal_district,
                city AS counterparty_legal_city, postal_code AS counterparty_legal_postal_code,
                country AS counterparty_legal_country, phone AS counterparty_legal_phone_number
            FROM counterparty JOIN address ON address_id = legal_address_id""",
            """
            CREATE TABLE wh.dim_date AS SELECT d::date AS date_id, extract(year FROM d)::int AS year,
                extract(month FROM d)::int AS month, extract(day FROM d)::int AS day,
                extract(isodow FROM d)::int AS day_of_week, to_char(d, 'FMDay') AS day_name,
                to_char(d, 'FMMonth') AS month_name, extract(quarter FROM d)::int AS quarter
            FROM generate_series('2022-01-01'::date, '2024-12-31', '1 day') d""",
            """
            CREATE TABLE wh.fact_sales_order AS SELECT sales_order_id AS sales_record_id, sales_order_id,
                created_at::date AS created_date, created_at::time AS created_time,
                last_updated::date AS last_updated_date, last_updated::time AS last_updated_time,
                staff_id AS sales_staff_id, counterparty_id, units_sold, unit_price, currency_id, design_id,
                agreed_payment_date::date, agreed_delivery_date::date, agreed_delivery_location_id FROM sales_order""",
            """
            CREATE TABLE wh.fact_purchase_order AS SELECT purchase_order_id AS purchase_record_id, purchase_order_id,
                created_at::date AS created_date, created_at::time AS created_time,
                last_updated::date AS last_updated_date, last_updated::time AS last_updated_time, staff_id,
                counterparty_id, item_code, item_quantity, item_unit_price, currency_id, agreed_delivery_date::date,
                agreed_payment_date::date, agreed_delivery_location_id FROM purchase_order""",
            """
            CREATE TABLE wh.fact_payment AS SELECT payment_id AS payment_record_id, payment_id,
                created_at::date AS created_date, created_at::time AS created_time,
                last_updated::date AS last_updated_date, last_updated::time AS last_updated_time, transaction_id,
                counterparty_id, payment_amount, currency_id, payment_type_id, paid, payment_date::date
            FROM payment""");

    private PostgresServer server;
    private Connection source;
    private Connection warehouse;
    private final WarehouseComparison comparison =
            new WarehouseComparison().schema("wh").renamed("fact_purchase_orders", "fact_purchase_order");

    @BeforeEach
    void start() throws SQLException {
        server = PostgresServer.start();
        server.createDatabase("totesys");
        source = server.connection("totesys");
        TotesysGenerator generator = TotesysGenerator.builder(1).days(60).build();
        generator.createSchema(source);
        generator.generateHistory(source);
        server.execute("totesys", WAREHOUSE.toArray(String[]::new));
        warehouse = server.connection("totesys");
    }

    @AfterEach
    void stop() throws SQLException {
        source.close();
        warehouse.close();
        server.close();
    }

    @Test
    void equal_sides_have_no_difference_and_each_fault_shows() throws SQLException {
        assertThat(comparison.compare(source, warehouse)).isEmpty();
        assertThat(source.getAutoCommit()).isTrue();

        change("UPDATE wh.fact_sales_order SET created_time = created_time + interval '1 ms' WHERE sales_order_id = 7");
        assertOne("fact_sales_order 7: created_time is <");
        change("UPDATE wh.fact_sales_order SET created_time = created_time - interval '1 ms' WHERE sales_order_id = 7");

        change("UPDATE wh.dim_location SET postal_code = '1138' WHERE location_id = 1");
        assertOne("dim_location 1: postal_code is <1138>, and the source has <01138");
        change(
                "UPDATE wh.dim_location SET postal_code = (SELECT postal_code FROM address WHERE address_id = location_id)");

        change("INSERT INTO wh.fact_payment SELECT * FROM wh.fact_payment WHERE payment_id = 9");
        assertOne("fact_payment 9: a version repeats the one before it");
    }

    @Test
    void newest_version_counts_and_older_ones_may_differ() throws SQLException {
        change("UPDATE sales_order SET units_sold = units_sold + 1 WHERE sales_order_id = 3");
        assertOne("fact_sales_order 3: units_sold is <");
        change("""
                INSERT INTO wh.fact_sales_order SELECT 1000000, sales_order_id, created_date, created_time,
                    last_updated_date, last_updated_time, sales_staff_id, counterparty_id, units_sold + 1, unit_price,
                    currency_id, design_id, agreed_payment_date, agreed_delivery_date, agreed_delivery_location_id
                FROM wh.fact_sales_order WHERE sales_order_id = 3""");
        assertThat(comparison.compare(source, warehouse)).isEmpty();
    }

    @Test
    void deletions_must_be_declared_and_missing_rows_and_references_show() throws SQLException {
        change("DELETE FROM sales_order WHERE sales_order_id = 4");
        change("UPDATE wh.dim_transaction SET sales_order_id = NULL WHERE sales_order_id = 4");
        assertOne("fact_sales_order 4: not in the source");
        comparison.deleted("fact_sales_order", List.of(4));
        assertThat(comparison.compare(source, warehouse)).isEmpty();

        change("DELETE FROM wh.fact_payment WHERE payment_id = 5");
        assertOne("fact_payment 5: missing in the warehouse");
        comparison.rejected("fact_payment", List.of(5));
        assertThat(comparison.compare(source, warehouse)).isEmpty();

        change(
                "DELETE FROM wh.dim_date WHERE date_id = (SELECT created_date FROM wh.fact_payment WHERE payment_id = 6)");
        assertThat(comparison.compare(source, warehouse))
                .isNotEmpty()
                .allMatch(line -> line.contains("does not resolve"));
        change("UPDATE wh.dim_date SET day_of_week = 0 WHERE day_name = 'Sunday'");
        assertThat(comparison.only("dim_date").compare(source, warehouse)).hasSize(1);
    }

    private void assertOne(String start) throws SQLException {
        assertThat(comparison.compare(source, warehouse))
                .singleElement()
                .asString()
                .startsWith(start);
    }

    private void change(String sql) {
        server.execute("totesys", sql);
    }
}
