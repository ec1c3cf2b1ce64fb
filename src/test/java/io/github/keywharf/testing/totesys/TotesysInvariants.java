package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rules of a Totesys source, checked by SQL. {@link #violations} returns one line for each rule that is broken, with how
 * often and one of the keys. {@link WarehouseComparison} is the oracle for a warehouse.
 */
public final class TotesysInvariants {
    private static final String ORDERS = """
            WITH orders AS (
                SELECT 'SALE' AS kind, sales_order_id AS id, o.created_at, counterparty_id, currency_id,
                    agreed_payment_date, units_sold * unit_price AS amount, transaction_id, t.created_at AS t_created
                FROM sales_order o
                LEFT JOIN transaction t USING (sales_order_id)
                UNION ALL
                SELECT 'PURCHASE', purchase_order_id, o.created_at, counterparty_id, currency_id,
                    agreed_payment_date, item_quantity * item_unit_price, transaction_id, t.created_at
                FROM purchase_order o
                LEFT JOIN transaction t USING (purchase_order_id)),
            chain AS (
                SELECT o.*, p.payment_id, p.created_at AS p_created, p.counterparty_id AS p_counterparty,
                    p.currency_id AS p_currency, p.payment_date, p.payment_amount, p.payment_type_id
                FROM orders o LEFT JOIN payment p USING (transaction_id))
            """;

    /** Law by the query that lists the keys that break it. */
    private static final Map<String, String> RULES = rules();

    private TotesysInvariants() {}

    private static Map<String, String> rules() {
        Map<String, String> rules = new LinkedHashMap<>();
        rules.put("transactions = payments = sales + purchases", """
                SELECT 0 FROM (SELECT (SELECT count(*) FROM transaction) AS t, (SELECT count(*) FROM payment) AS p,
                    (SELECT count(*) FROM sales_order) + (SELECT count(*) FROM purchase_order) AS o) counts
                WHERE t <> p OR t <> o""");
        rules.put(
                "an order has a transaction and a payment of the same created_at",
                ORDERS
                        + "SELECT id FROM chain WHERE payment_id IS NULL OR t_created <> created_at OR p_created <> created_at");
        rules.put("a transaction refers to the order of its type, and only to it", """
                SELECT transaction_id FROM transaction
                WHERE (transaction_type = 'SALE') IS DISTINCT FROM (sales_order_id IS NOT NULL)
                    OR (transaction_type = 'PURCHASE') IS DISTINCT FROM (purchase_order_id IS NOT NULL)""");
        rules.put("a payment has its order's counterparty, currency, date and amount", ORDERS + """
                        SELECT payment_id FROM chain WHERE p_counterparty <> counterparty_id OR p_currency <> currency_id
                            OR payment_date <> agreed_payment_date OR payment_amount <> amount""");
        rules.put(
                "sales are paid by receipts and purchases by payments",
                ORDERS
                        + "SELECT payment_id FROM chain WHERE payment_type_id <> CASE kind WHEN 'SALE' THEN 1 ELSE 3 END");
        rules.put("a paid payment was updated at 07:55:11 on its date, a weekday after its creation", """
                SELECT payment_id FROM payment WHERE paid AND (last_updated::date::text <> payment_date
                    OR to_char(last_updated, 'HH24:MI:SS') <> '07:55:11' OR extract(isodow FROM last_updated) > 5
                    OR last_updated <= created_at)""");
        rules.put("payments of one date are paid with one last_updated", """
                SELECT min(payment_id) FROM payment WHERE paid GROUP BY payment_date
                HAVING count(DISTINCT last_updated) > 1""");
        rules.put(
                "an unpaid payment was never updated",
                "SELECT payment_id FROM payment WHERE NOT paid AND last_updated <> created_at");
        rules.put("a payment that was due on a working day before the given time is paid", """
                SELECT payment_id FROM payment WHERE NOT paid AND extract(isodow FROM payment_date::date) < 6
                    AND created_at < payment_date::date + TIME '07:55:11'
                    AND payment_date::date + TIME '07:55:12' <= ?""");
        rules.put("the payment date lies 0 to 6 days after the order", ORDERS + """
                        SELECT id FROM chain
                        WHERE agreed_payment_date::date - created_at::date NOT BETWEEN 0 AND 6""");
        rules.put(
                "orders arrive Monday to Friday from 08:00 to 18:59 at second 9 or 10, but for the first afternoon",
                ORDERS + """
                        SELECT id FROM orders WHERE created_at::date > (SELECT min(created_at)::date FROM address)
                            AND (extract(isodow FROM created_at) > 5 OR extract(hour FROM created_at) NOT BETWEEN 8 AND 18
                            OR trunc(extract(second FROM created_at)) NOT IN (9, 10))""");
        rules.put("item codes are seven of A-Z and 0-9, each once", """
                SELECT min(purchase_order_id) FROM purchase_order GROUP BY item_code
                HAVING count(*) > 1 OR item_code !~ '^[A-Z0-9]{7}$'""");
        for (String table : TotesysSchema.TABLES) {
            if (!table.equals("payment")) {
                rules.put(
                        table + ".last_updated never moves",
                        "SELECT " + TotesysSchema.key(table) + " FROM " + table + " WHERE last_updated <> created_at");
            }
        }
        return rules;
    }

    /**
     * Checks every rule of the live source, as of a simulated time.
     *
     * @return one line for each broken rule; empty if all hold
     */
    public static List<String> violations(Connection source, LocalDateTime asOf) throws SQLException {
        List<String> violations = new ArrayList<>();
        for (Map.Entry<String, String> rule : RULES.entrySet()) {
            List<Integer> keys = rule.getValue().contains("?")
                    ? Sql.ints(source, rule.getValue(), asOf)
                    : Sql.ints(source, rule.getValue());
            if (!keys.isEmpty()) {
                violations.add(rule.getKey() + ": broken " + keys.size() + " times, as in " + keys.get(0));
            }
        }
        return violations;
    }

    /**
     * A digest of all eleven tables in the order of their keys: equal digests mean equal rows.
     */
    public static String digest(Connection source) throws SQLException {
        StringBuilder digest = new StringBuilder();
        for (String table : TotesysSchema.TABLES) {
            try (PreparedStatement statement =
                            source.prepareStatement("SELECT count(*), md5(coalesce(string_agg(r::text, E'\\n' ORDER BY "
                                    + TotesysSchema.key(table) + "), '')) FROM " + table + " r");
                    ResultSet rows = statement.executeQuery()) {
                rows.next();
                digest.append(table)
                        .append(' ')
                        .append(rows.getLong(1))
                        .append(' ')
                        .append(rows.getString(2))
                        .append('\n');
            }
        }
        return digest.toString();
    }
}
