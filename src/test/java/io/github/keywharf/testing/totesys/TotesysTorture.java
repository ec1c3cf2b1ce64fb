package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * What the schema of Totesys allows and the live data has never shown, or shows seldom: each method does one such thing to
 * a filled source and returns the keys it touched. A connection in auto-commit mode sees each done in one transaction;
 * otherwise the caller commits. Which rows are taken follows from the seed. Not safe for use by many threads.
 */
public final class TotesysTorture {
    private final Random random;

    /** Torture whose choices follow from {@code seed}. */
    public TotesysTorture(long seed) {
        this.random = new Random(seed);
    }

    /** The keys of one order and what belongs to it. */
    public record OrderKeys(int orderId, int transactionId, int paymentId) {}

    /** An order that is written and not yet visible; {@link #commit()} or {@link #close()} ends it. */
    public static final class LateCommit implements AutoCloseable {
        private final Connection connection;
        private final OrderKeys keys;

        private LateCommit(Connection connection, OrderKeys keys) {
            this.connection = connection;
            this.keys = keys;
        }

        /** The keys that become visible with the commit. */
        public OrderKeys keys() {
            return keys;
        }

        /** Commits, so that rows appear with time stamps that lie in the past. The connection is in auto-commit mode again. */
        public void commit() throws SQLException {
            connection.commit();
            connection.setAutoCommit(true);
        }

        /** Rolls back if {@link #commit()} was not called. The connection stays open. */
        @Override
        public void close() throws SQLException {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /**
     * Writes a sales order stamped {@code stamp} in a transaction that stays open. The connection must be the caller's to
     * spare until then.
     */
    public LateCommit lateCommit(Connection connection, LocalDateTime stamp) throws SQLException {
        connection.setAutoCommit(false);
        return new LateCommit(connection, sale(connection, stamp));
    }

    /** Writes {@code count} sales orders that all have the time stamp {@code stamp}, each in a statement of its own. */
    public List<OrderKeys> equalTimestamps(Connection connection, int count, LocalDateTime stamp) throws SQLException {
        List<OrderKeys> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(sale(connection, stamp));
        }
        return keys;
    }

    /** Deletes a sales order; its transaction stays, with a null {@code sales_order_id} and an unmoved last_updated. */
    public int deleteOrder(Connection connection, int salesOrderId) throws SQLException {
        return touched(
                salesOrderId, Sql.update(connection, "DELETE FROM sales_order WHERE sales_order_id = ?", salesOrderId));
    }

    /** Deletes a payment. */
    public int deletePayment(Connection connection, int paymentId) throws SQLException {
        return touched(paymentId, Sql.update(connection, "DELETE FROM payment WHERE payment_id = ?", paymentId));
    }

    /**
     * Writes a refund: a new transaction without an order, of the type of the given one, and its payment of type 2 or 4
     * over the same amount. Returns the order's key as it was, and the new transaction and payment.
     */
    public OrderKeys refund(Connection connection, int paymentId, LocalDateTime at) throws SQLException {
        List<OrderKeys> keys = new ArrayList<>();
        Sql.transaction(connection, () -> {
            int transaction = next(connection, "transaction");
            int payment = next(connection, "payment");
            requireOne(paymentId, Sql.update(connection, """
                            INSERT INTO transaction (transaction_id, transaction_type, created_at, last_updated)
                            SELECT ?, t.transaction_type, ?, ? FROM payment p JOIN transaction t USING (transaction_id)
                            WHERE p.payment_id = ?""", transaction, at, at, paymentId));
            Sql.update(
                    connection,
                    """
                    INSERT INTO payment (payment_id, created_at, last_updated, transaction_id, counterparty_id,
                        payment_amount, currency_id, payment_type_id, paid, payment_date, company_ac_number,
                        counterparty_ac_number)
                    SELECT ?, ?, ?, ?, counterparty_id, payment_amount, currency_id,
                        CASE WHEN payment_type_id <= 2 THEN 2 ELSE 4 END, false, ?, company_ac_number,
                        counterparty_ac_number
                    FROM payment WHERE payment_id = ?""",
                    payment,
                    at,
                    at,
                    transaction,
                    at.toLocalDate().plusDays(1).toString(),
                    paymentId);
            int order = Sql.number(connection, """
                    SELECT coalesce(t.sales_order_id, t.purchase_order_id, 0)
                    FROM payment p JOIN transaction t USING (transaction_id) WHERE p.payment_id = ?""", paymentId);
            keys.add(new OrderKeys(order, transaction, payment));
        });
        return keys.get(0);
    }

    /** Sets a department's location to null. */
    public int nullDepartmentLocation(Connection connection, int departmentId) throws SQLException {
        return touched(
                departmentId,
                Sql.update(connection, "UPDATE department SET location = NULL WHERE department_id = ?", departmentId));
    }

    /** Adds a currency, such as {@code JPY}, and returns its key. */
    public int newCurrency(Connection connection, String code, LocalDateTime at) throws SQLException {
        int id = next(connection, "currency");
        Sql.update(
                connection,
                "INSERT INTO currency (currency_id, currency_code, created_at, last_updated) VALUES (?, ?, ?, ?)",
                id,
                code,
                at,
                at);
        return id;
    }

    /** Adds a currency that ISO 4217 does not know, such as {@code XQZ}, and a sales order in it. Returns the order's keys. */
    public OrderKeys unknownCurrency(Connection connection, String code, LocalDateTime at) throws SQLException {
        int currency = newCurrency(connection, code, at);
        OrderKeys keys = sale(connection, at);
        Sql.update(
                connection,
                "UPDATE sales_order SET currency_id = ? WHERE sales_order_id = ?",
                currency,
                keys.orderId());
        Sql.update(connection, "UPDATE payment SET currency_id = ? WHERE payment_id = ?", currency, keys.paymentId());
        return keys;
    }

    /** Gives a sales order a delivery date that is none: {@code 2024-02-30}, {@code 31/12/2024}, text or nothing. */
    public int unparseableDate(Connection connection, int salesOrderId) throws SQLException {
        return deliveryDate(
                connection,
                salesOrderId,
                StaticRows.pick(List.of("2024-02-30", "31/12/2024", "next week", "", "2024-1-5"), random));
    }

    /** Gives a sales order a delivery date that no calendar table covers: 1899-12-31 or 2199-01-01. */
    public int dateOutsideCalendar(Connection connection, int salesOrderId) throws SQLException {
        return deliveryDate(connection, salesOrderId, StaticRows.pick(List.of("1899-12-31", "2199-01-01"), random));
    }

    private static int deliveryDate(Connection connection, int salesOrderId, String date) throws SQLException {
        return touched(
                salesOrderId,
                Sql.update(
                        connection,
                        "UPDATE sales_order SET agreed_delivery_date = ? WHERE sales_order_id = ?",
                        date,
                        salesOrderId));
    }

    /** Texts that break careless quoting, splitting and encoding. */
    public static final List<String> AWKWARD_TEXTS = List.of(
            "O'Keefe's",
            "say \"hello\"",
            "a, b; c",
            "two\nlines\r\nand a third",
            "tab\there",
            "back\\slash \\N \\.",
            "NULL",
            "null",
            "",
            " padded ",
            "Łódź Zürich 東京 🚢",
            "e\u0301 not \u00e9",
            "01138",
            "1e5",
            "'; DROP TABLE staff; --",
            "${x} {{y}} %s",
            "\u00a0\u200b\ufeff");

    /**
     * Adds one design for each of {@link #AWKWARD_TEXTS}, with that text in all three columns, and puts it into the second
     * line of an address as far as there are addresses. Returns the designs' keys.
     */
    public List<Integer> awkwardText(Connection connection, LocalDateTime at) throws SQLException {
        List<Integer> addresses = Sql.ints(connection, "SELECT address_id FROM address ORDER BY address_id");
        List<Integer> designs = new ArrayList<>();
        for (int i = 0; i < AWKWARD_TEXTS.size(); i++) {
            String text = AWKWARD_TEXTS.get(i);
            int id = next(connection, "design");
            Sql.update(connection, SqlLedger.insertStatement("design"), id, at, text, text, text, at);
            designs.add(id);
            if (i < addresses.size()) {
                Sql.update(
                        connection,
                        "UPDATE address SET address_line_2 = ?, last_updated = ? WHERE address_id = ?",
                        text,
                        at,
                        addresses.get(i));
            }
        }
        return designs;
    }

    /** Burns ids of the four moving tables, as rolled back transactions do. Returns how many of each. */
    public int idGap(Connection connection) throws SQLException {
        int size = 3 + random.nextInt(10);
        for (int i = 0; i < size; i++) {
            for (String table : List.of("sales_order", "purchase_order", "transaction", "payment")) {
                next(connection, table);
            }
        }
        return size;
    }

    /** Writes sales orders stamped ten years before, six years before, one day after and thirty years after {@code now}. */
    public List<OrderKeys> oldAndFutureTimestamps(Connection connection, LocalDateTime now) throws SQLException {
        List<OrderKeys> keys = new ArrayList<>();
        for (LocalDateTime stamp : List.of(now.minusYears(10), now.minusYears(6), now.plusDays(1), now.plusYears(30))) {
            keys.add(sale(connection, stamp));
        }
        return keys;
    }

    /** Writes sales orders at a whole second, a whole minute and midnight, whose texts lack fractions and seconds. */
    public List<OrderKeys> wholeSecondTimestamps(Connection connection, LocalDateTime day) throws SQLException {
        List<OrderKeys> keys = new ArrayList<>();
        for (LocalDateTime stamp : List.of(
                day.toLocalDate().atTime(9, 26, 10),
                day.toLocalDate().atTime(9, 26),
                day.toLocalDate().atStartOfDay())) {
            keys.add(sale(connection, stamp));
        }
        return keys;
    }

    /** Changes {@code count} different sales orders in one column without moving last_updated. Returns their keys. */
    public List<Integer> silentEdit(Connection connection, int count) throws SQLException {
        List<Integer> keys = someSales(connection, count);
        for (int key : keys) {
            Sql.update(connection, "UPDATE sales_order SET units_sold = units_sold + 1 WHERE sales_order_id = ?", key);
        }
        return keys;
    }

    /** Marks the payments that are due on the day of {@code at} as paid with one last_updated. Returns their keys. */
    public List<Integer> payDuePayments(Connection connection, LocalDateTime at) throws SQLException {
        return Sql.ints(connection, """
                UPDATE payment SET paid = true, last_updated = ?
                WHERE payment_date = ? AND NOT paid AND created_at < ? RETURNING payment_id""", at, at.toLocalDate().toString(), at);
    }

    /** Moves an address to another street, with last_updated moved: dim_location and dim_counterparty must follow. */
    public int changeAddress(Connection connection, int addressId, LocalDateTime at) throws SQLException {
        return touched(
                addressId,
                Sql.update(
                        connection,
                        "UPDATE address SET address_line_1 = ?, phone = ?, last_updated = ? WHERE address_id = ?",
                        (1 + random.nextInt(99)) + " Changed Street",
                        StaticRows.phone(random),
                        at,
                        addressId));
    }

    /** Renames a department, with last_updated moved: dim_staff must follow. */
    public int renameDepartment(Connection connection, int departmentId, LocalDateTime at) throws SQLException {
        return touched(
                departmentId,
                Sql.update(
                        connection,
                        "UPDATE department SET department_name = department_name || ' & Co', last_updated = ?"
                                + " WHERE department_id = ?",
                        at,
                        departmentId));
    }

    /** The keys of {@code count} different sales orders, chosen by the seed, in ascending order. */
    public List<Integer> someSales(Connection connection, int count) throws SQLException {
        List<Integer> all = new ArrayList<>(Sql.ints(connection, "SELECT sales_order_id FROM sales_order ORDER BY 1"));
        if (all.size() < count) {
            throw new IllegalArgumentException(
                    "[totesys] " + count + " sales orders wanted, and there are " + all.size());
        }
        Collections.shuffle(all, random);
        return all.subList(0, count).stream().sorted().toList();
    }

    private OrderKeys sale(Connection connection, LocalDateTime at) throws SQLException {
        List<OrderKeys> keys = new ArrayList<>();
        Sql.transaction(connection, () -> {
            int order = next(connection, "sales_order");
            int transaction = next(connection, "transaction");
            int payment = next(connection, "payment");
            String due = at.plus(Duration.ofDays(3)).toLocalDate().toString();
            int units = 1_000 + random.nextInt(99_001);
            Sql.update(connection, """
                    INSERT INTO sales_order SELECT ?, ?, ?, (SELECT min(design_id) FROM design),
                        (SELECT min(staff_id) FROM staff), (SELECT min(counterparty_id) FROM counterparty), ?, 2.50,
                        (SELECT min(currency_id) FROM currency), ?, ?, (SELECT min(address_id) FROM address)""", order, at, at, units, due, due);
            Sql.update(connection, SqlLedger.insertStatement("transaction"), transaction, "SALE", order, null, at, at);
            Sql.update(connection, """
                    INSERT INTO payment SELECT ?, ?, ?, ?, counterparty_id, units_sold * unit_price, currency_id, 1, false,
                        agreed_payment_date, 10000001, 10000002 FROM sales_order WHERE sales_order_id = ?""", payment, at, at, transaction, order);
            keys.add(new OrderKeys(order, transaction, payment));
        });
        return keys.get(0);
    }

    private static int next(Connection connection, String table) throws SQLException {
        return Math.toIntExact(Objects.requireNonNull(
                Sql.value(connection, Long.class, "SELECT nextval(?::regclass)", TotesysSchema.sequence(table))));
    }

    private static int touched(int key, int rows) {
        requireOne(key, rows);
        return key;
    }

    private static void requireOne(int key, int rows) {
        if (rows != 1) {
            throw new IllegalArgumentException("[totesys] there is no row with the key " + key);
        }
    }
}
