package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Orders made by the server itself, with INSERT ... SELECT over seeded hashes of the row number. Rows go in without
 * firing the foreign keys' triggers and unique indexes are built afterwards, which the values make safe.
 */
final class BulkFill {
    private final long seed;
    private final LocalDate firstDay;
    private final int workingDays;
    private final LocalDate lastDay;

    BulkFill(long seed, LocalDate startDate, int days) {
        this.seed = seed;
        List<LocalDate> open = startDate
                .plusDays(1)
                .datesUntil(startDate.plusDays(Math.max(days, 8)))
                .filter(day -> day.getDayOfWeek().getValue() < DayOfWeek.SATURDAY.getValue())
                .toList();
        this.firstDay = open.get(0);
        this.workingDays = open.size();
        this.lastDay = open.get(open.size() - 1);
    }

    LocalDateTime end() {
        return lastDay.atTime(23, 59, 59);
    }

    void run(Connection connection, int sales, int purchases) throws SQLException {
        boolean superuser = Boolean.TRUE.equals(
                Sql.value(connection, Boolean.class, "SELECT current_setting('is_superuser')::boolean"));
        if (superuser) {
            Sql.execute(connection, "SET LOCAL session_replication_role = replica");
        }
        Sql.execute(connection, "DROP INDEX transaction_sales_order_id_key, transaction_purchase_order_id_key");
        Sql.execute(connection, "DROP INDEX payment_transaction_id_key");
        Sql.execute(connection, fill(SALES, sales, purchases));
        if (purchases > 0) {
            Sql.execute(connection, fill(PURCHASES, sales, purchases));
        }
        for (String statement : transactions(sales, purchases)) {
            Sql.execute(connection, statement);
        }
        Sql.execute(connection, "CREATE UNIQUE INDEX transaction_sales_order_id_key ON transaction (sales_order_id)");
        Sql.execute(
                connection, "CREATE UNIQUE INDEX transaction_purchase_order_id_key ON transaction (purchase_order_id)");
        Sql.execute(connection, "CREATE UNIQUE INDEX payment_transaction_id_key ON payment (transaction_id)");
        sequences(connection, sales, purchases);
        for (String table : TotesysSchema.TABLES) {
            Sql.execute(connection, "ANALYZE " + table);
        }
        if (superuser) {
            Sql.execute(connection, "SET LOCAL session_replication_role = origin");
        }
    }

    private static void sequences(Connection connection, int sales, int purchases) throws SQLException {
        Map<String, Integer> counts = Map.of(
                "sales_order",
                sales,
                "purchase_order",
                purchases,
                "transaction",
                sales + purchases,
                "payment",
                sales + purchases);
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            if (count.getValue() > 0) {
                Sql.value(
                        connection,
                        Long.class,
                        "SELECT setval(?::regclass, ?)",
                        TotesysSchema.sequence(count.getKey()),
                        (long) count.getValue());
            }
        }
    }

    /** The time of row {@code g} of {@code n}: evenly over the working days, by the minute, at second 9 or 10. */
    private static final String TIME = """
            (DATE '$first' + (((d + $offset) / 5) * 7 + (d + $offset) % 5 - $offset)::int)
                + make_interval(mins => (480 + (((g - 1) * $w) % $n) * 660 / $n)::int,
                                secs => 9 + (h & 1) + ((h >> 1) & 1023) % 1000 / 1000.0)""";

    private static final String SALES = """
            INSERT INTO sales_order (sales_order_id, created_at, last_updated, design_id, staff_id, counterparty_id,
                units_sold, unit_price, currency_id, agreed_delivery_date, agreed_payment_date,
                agreed_delivery_location_id)
            SELECT g, at, at, 1 + h % 100, 1 + (h >> 7) % 20, 1 + (h >> 12) % 20,
                1000 + (h >> 17) % 99001, (200 + (k >> 3) % 201) / 100.0, 1 + (k >> 11) % 3,
                to_char(at + make_interval(secs => (k >> 13) % 604800), 'YYYY-MM-DD'),
                to_char(at + make_interval(secs => (k >> 33) % 518400), 'YYYY-MM-DD'), 1 + (h >> 34) % 30
            FROM (SELECT g, h, k, ($time)::timestamp(3) AS at FROM (
                SELECT g, ((g - 1) * $w) / $n AS d, hashint8extended(g, $seed) & 9223372036854775807 AS h,
                    hashint8extended(-g, $seed) & 9223372036854775807 AS k
                FROM generate_series(1, $n::bigint) g) numbers) rows""";

    private static final String PURCHASES = """
            INSERT INTO purchase_order (purchase_order_id, created_at, last_updated, staff_id, counterparty_id, item_code,
                item_quantity, item_unit_price, currency_id, agreed_delivery_date, agreed_payment_date,
                agreed_delivery_location_id)
            SELECT g, at, at, 1 + (h >> 7) % 20, 1 + (h >> 12) % 20,
                substr(c, 1 + (x / 2176782336 % 36)::int, 1) || substr(c, 1 + (x / 60466176 % 36)::int, 1)
                    || substr(c, 1 + (x / 1679616 % 36)::int, 1) || substr(c, 1 + (x / 46656 % 36)::int, 1)
                    || substr(c, 1 + (x / 1296 % 36)::int, 1) || substr(c, 1 + (x / 36 % 36)::int, 1)
                    || substr(c, 1 + (x % 36)::int, 1),
                1 + (h >> 17) % 999, (100 + (k >> 3) % 99900) / 100.0, 1 + (k >> 21) % 3,
                to_char(at + make_interval(secs => (h >> 29) % 604800), 'YYYY-MM-DD'),
                to_char(at + make_interval(secs => (k >> 33) % 518400), 'YYYY-MM-DD'), 1 + (h >> 52) % 30
            FROM (SELECT g, h, k, g * 31415926537 % 78364164096 AS x, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ' AS c,
                    ($time)::timestamp(3) AS at FROM (
                SELECT g, ((g - 1) * $w) / $n AS d, hashint8extended(g, $seed) & 9223372036854775807 AS h,
                    hashint8extended(-g, $seed) & 9223372036854775807 AS k
                FROM generate_series(1, $n::bigint) g) numbers) rows""";

    /** Transactions of sales and purchases share one sequence, so each kind leaves room for the other's. */
    private static final String SALE_ID = "(s.sales_order_id + (2 * s.sales_order_id * $p + $n - 1) / (2 * $n))";

    private static final String PURCHASE_ID = "(o.purchase_order_id + ((2 * o.purchase_order_id - 1) * $n) / (2 * $p))";

    private static final String PAYMENT = """
            INSERT INTO payment (payment_id, created_at, last_updated, transaction_id, counterparty_id, payment_amount,
                currency_id, payment_type_id, paid, payment_date, company_ac_number, counterparty_ac_number)
            SELECT CASE WHEN hashint8extended((t + 1) / 2, $seed + 1) % 200 = 0 AND ((t + 1) / 2) * 2 <= $n + $p
                        THEN t + CASE t % 2 WHEN 1 THEN 1 ELSE -1 END ELSE t END,
                at, CASE WHEN due > at AND due <= TIMESTAMP '$end' THEN due ELSE at END, t, counterparty_id, amount,
                currency_id, $type, coalesce(due > at AND due <= TIMESTAMP '$end', false), day, 10000000 + h % 90000000,
                10000000 + (h >> 30) % 90000000
            FROM (SELECT *, CASE WHEN extract(isodow FROM day::date) < 6
                    THEN (day::date + make_interval(hours => 7, mins => 55,
                        secs => 11 + (hashint4(day::date - DATE '2000-01-01') & 511) / 1000.0))::timestamp(3) END AS due
                FROM ($orders) orders) rows""";

    private List<String> transactions(long sales, long purchases) {
        List<String> statements = new ArrayList<>();
        String saleId = purchases > 0 ? SALE_ID : "s.sales_order_id";
        statements.add("""
                INSERT INTO transaction (transaction_id, transaction_type, sales_order_id, created_at, last_updated)
                SELECT $id, 'SALE', s.sales_order_id, s.created_at, s.last_updated FROM sales_order s""".replace("$id", saleId));
        statements.add(PAYMENT.replace("$type", "1").replace("$orders", """
                        SELECT $id AS t, s.created_at AS at, s.counterparty_id, s.units_sold * s.unit_price AS amount,
                            s.currency_id, s.agreed_payment_date AS day,
                            hashint8extended(s.sales_order_id, $seed + 2) & 9223372036854775807 AS h
                        FROM sales_order s""".replace("$id", saleId)));
        if (purchases > 0) {
            statements.add("""
                    INSERT INTO transaction (transaction_id, transaction_type, purchase_order_id, created_at, last_updated)
                    SELECT $id, 'PURCHASE', o.purchase_order_id, o.created_at, o.last_updated FROM purchase_order o""".replace("$id", PURCHASE_ID));
            statements.add(PAYMENT.replace("$type", "3").replace("$orders", """
                            SELECT $id AS t, o.created_at AS at, o.counterparty_id,
                                o.item_quantity * o.item_unit_price AS amount, o.currency_id,
                                o.agreed_payment_date AS day,
                                hashint8extended(-o.purchase_order_id, $seed + 2) & 9223372036854775807 AS h
                            FROM purchase_order o""".replace("$id", PURCHASE_ID)));
        }
        return statements.stream()
                .map(statement -> numbers(statement, sales, purchases))
                .toList();
    }

    private String fill(String statement, long sales, long purchases) {
        long rows = statement.equals(SALES) ? sales : purchases;
        return numbers(statement.replace("$time", TIME), rows, purchases);
    }

    private String numbers(String statement, long n, long p) {
        return statement
                .replace("$first", firstDay.toString())
                .replace("$offset", String.valueOf(firstDay.getDayOfWeek().getValue() - 1))
                .replace("$end", end().toString().replace('T', ' '))
                .replace("$seed", String.valueOf(seed))
                .replace("$w", String.valueOf(workingDays))
                .replace("$n", "CAST(" + n + " AS bigint)")
                .replace("$p", "CAST(" + p + " AS bigint)");
    }
}
