package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One warehouse table as the specification has it, and how its rows follow from the source, both in SQL. Every column is
 * {@code name=expression}, whose value the source gives as text.
 *
 * @param key the column that names a row, unique in a dimension and unique among newest versions in a fact
 * @param record the serial that orders a fact's versions; null for a dimension
 * @param from the source tables, joined; empty for {@code dim_date}, which the source has not
 * @param columns the columns after the key
 * @param references {@code column>table.column} for each foreign key
 */
record WarehouseTable(
        String name, String key, @Nullable String record, String from, List<String> columns, List<String> references) {

    private static final List<String> STAMPS = List.of(
            "created_date=created_at::date",
            "created_time=created_at::time(3)",
            "last_updated_date=last_updated::date",
            "last_updated_time=last_updated::time(3)");
    private static final List<String> DATES =
            List.of("created_date>dim_date.date_id", "last_updated_date>dim_date.date_id");

    static final List<WarehouseTable> ALL = List.of(
            new WarehouseTable(
                    "dim_design",
                    "design_id",
                    null,
                    "design",
                    List.of("design_name=design_name", "file_location=file_location", "file_name=file_name"),
                    List.of()),
            new WarehouseTable(
                    "dim_payment_type",
                    "payment_type_id",
                    null,
                    "payment_type",
                    List.of("payment_type_name=payment_type_name"),
                    List.of()),
            new WarehouseTable(
                    "dim_transaction",
                    "transaction_id",
                    null,
                    "transaction",
                    List.of(
                            "transaction_type=transaction_type",
                            "sales_order_id=sales_order_id",
                            "purchase_order_id=purchase_order_id"),
                    List.of()),
            new WarehouseTable(
                    "dim_currency",
                    "currency_id",
                    null,
                    "currency",
                    List.of("currency_code=currency_code", "currency_name=currency_code"),
                    List.of()),
            new WarehouseTable(
                    "dim_location",
                    "location_id",
                    null,
                    "(SELECT address_id AS location_id, address.* FROM address) a",
                    List.of(
                            "address_line_1=address_line_1",
                            "address_line_2=address_line_2",
                            "district=district",
                            "city=city",
                            "postal_code=postal_code",
                            "country=country",
                            "phone=phone"),
                    List.of()),
            new WarehouseTable(
                    "dim_staff",
                    "staff_id",
                    null,
                    "staff LEFT JOIN department USING (department_id)",
                    List.of(
                            "first_name=first_name",
                            "last_name=last_name",
                            "department_name=department_name",
                            "location=location",
                            "email_address=email_address"),
                    List.of()),
            new WarehouseTable(
                    "dim_counterparty",
                    "counterparty_id",
                    null,
                    "counterparty LEFT JOIN address ON address_id = legal_address_id",
                    List.of(
                            "counterparty_legal_name=counterparty_legal_name",
                            "counterparty_legal_address_line_1=address_line_1",
                            "counterparty_legal_address_line_2=address_line_2",
                            "counterparty_legal_district=district",
                            "counterparty_legal_city=city",
                            "counterparty_legal_postal_code=postal_code",
                            "counterparty_legal_country=country",
                            "counterparty_legal_phone_number=phone"),
                    List.of()),
            new WarehouseTable("dim_date", "date_id", null, "", List.of(), List.of()),
            new WarehouseTable(
                    "fact_sales_order",
                    "sales_order_id",
                    "sales_record_id",
                    "sales_order",
                    joined(
                            STAMPS,
                            "sales_staff_id=staff_id",
                            "counterparty_id=counterparty_id",
                            "units_sold=units_sold",
                            "unit_price=unit_price::numeric(10,2)",
                            "currency_id=currency_id",
                            "design_id=design_id",
                            "agreed_payment_date=agreed_payment_date",
                            "agreed_delivery_date=agreed_delivery_date",
                            "agreed_delivery_location_id=agreed_delivery_location_id"),
                    joined(
                            DATES,
                            "sales_staff_id>dim_staff.staff_id",
                            "counterparty_id>dim_counterparty.counterparty_id",
                            "currency_id>dim_currency.currency_id",
                            "design_id>dim_design.design_id",
                            "agreed_payment_date>dim_date.date_id",
                            "agreed_delivery_date>dim_date.date_id",
                            "agreed_delivery_location_id>dim_location.location_id")),
            new WarehouseTable(
                    "fact_purchase_orders",
                    "purchase_order_id",
                    "purchase_record_id",
                    "purchase_order",
                    joined(
                            STAMPS,
                            "staff_id=staff_id",
                            "counterparty_id=counterparty_id",
                            "item_code=item_code",
                            "item_quantity=item_quantity",
                            "item_unit_price=item_unit_price::numeric(10,2)",
                            "currency_id=currency_id",
                            "agreed_delivery_date=agreed_delivery_date",
                            "agreed_payment_date=agreed_payment_date",
                            "agreed_delivery_location_id=agreed_delivery_location_id"),
                    joined(
                            DATES,
                            "staff_id>dim_staff.staff_id",
                            "counterparty_id>dim_counterparty.counterparty_id",
                            "currency_id>dim_currency.currency_id",
                            "agreed_payment_date>dim_date.date_id",
                            "agreed_delivery_date>dim_date.date_id",
                            "agreed_delivery_location_id>dim_location.location_id")),
            new WarehouseTable(
                    "fact_payment",
                    "payment_id",
                    "payment_record_id",
                    "payment",
                    joined(
                            STAMPS,
                            "transaction_id=transaction_id",
                            "counterparty_id=counterparty_id",
                            "payment_amount=payment_amount::numeric(10,2)",
                            "currency_id=currency_id",
                            "payment_type_id=payment_type_id",
                            "paid=paid",
                            "payment_date=payment_date"),
                    joined(
                            DATES,
                            "transaction_id>dim_transaction.transaction_id",
                            "counterparty_id>dim_counterparty.counterparty_id",
                            "currency_id>dim_currency.currency_id",
                            "payment_type_id>dim_payment_type.payment_type_id",
                            "payment_date>dim_date.date_id")));

    private static List<String> joined(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    /** The query for the rows the source asks for, in the order of the key; empty if the source has none. */
    String expected() {
        if (from.isEmpty()) {
            return "";
        }
        StringBuilder select = new StringBuilder("SELECT ").append(key);
        for (String column : columns) {
            select.append(", (").append(after(column, '=')).append(")::text");
        }
        return select.append(" FROM ")
                .append(from)
                .append(" ORDER BY ")
                .append(key)
                .toString();
    }

    /** The query for the newest versions in the warehouse, in the order of the key. */
    String actual(String table) {
        StringBuilder select = new StringBuilder("SELECT ")
                .append(record == null ? "" : "DISTINCT ON (" + key + ") ")
                .append(key);
        for (String column : columns) {
            String name = before(column, '=');
            String cast = after(column, '=').contains("::") ? after(column, '=').replaceFirst("^[^:]*", "") : "";
            select.append(", (").append(name).append(cast).append(")::text AS ").append(name);
        }
        return select.append(" FROM ")
                .append(table)
                .append(" ORDER BY ")
                .append(key)
                .append(record == null ? "" : ", " + record + " DESC")
                .toString();
    }

    /** What is wrong within the warehouse itself. */
    List<String> integrity(Connection warehouse, UnaryOperator<String> names) throws SQLException {
        List<String> lines = new ArrayList<>();
        String table = names.apply(name);
        for (String reference : references) {
            String column = before(reference, '>');
            String target = after(reference, '>');
            List<Integer> dangling = Sql.ints(
                    warehouse,
                    "SELECT f." + key + " FROM " + table + " f WHERE NOT EXISTS (SELECT FROM "
                            + names.apply(before(target, '.')) + " d WHERE d." + after(target, '.') + " = f." + column
                            + ")");
            if (!dangling.isEmpty()) {
                lines.add(name + " " + dangling.get(0) + ": " + column + " does not resolve, nor do "
                        + (dangling.size() - 1) + " others");
            }
        }
        if (record != null) {
            lines.addAll(repeated(warehouse, table));
        }
        if (name.equals("dim_date")) {
            int wrong = Sql.number(warehouse, CALENDAR.replace("$table", table));
            if (wrong > 0) {
                lines.add(name + ": " + wrong + " days disagree with the calendar");
            }
        }
        return lines;
    }

    private List<String> repeated(Connection warehouse, String table) throws SQLException {
        List<String> lines = new ArrayList<>();
        String row = String.join(
                ", ", columns.stream().map(column -> before(column, '=')).toList());
        for (int id : Sql.ints(
                warehouse,
                "SELECT " + key + " FROM (SELECT " + key + ", ROW(" + row + ")::text AS content, lag(ROW(" + row
                        + ")::text) OVER (PARTITION BY " + key + " ORDER BY " + record + ") AS earlier FROM " + table
                        + ") versions WHERE content = earlier ORDER BY " + key)) {
            lines.add(name + " " + id + ": a version repeats the one before it");
        }
        return lines;
    }

    private static final String CALENDAR = """
            SELECT count(*)::int FROM $table WHERE year <> extract(year FROM date_id)
                OR month <> extract(month FROM date_id) OR day <> extract(day FROM date_id)
                OR day_of_week <> extract(isodow FROM date_id) OR quarter <> extract(quarter FROM date_id)
                OR day_name <> to_char(date_id, 'FMDay') OR month_name <> to_char(date_id, 'FMMonth')""";

    private static String before(String text, char mark) {
        return text.substring(0, text.indexOf(mark));
    }

    private static String after(String text, char mark) {
        return text.substring(text.indexOf(mark) + 1);
    }
}
