package io.github.keywharf.totesys;

import static io.github.keywharf.table.ColumnType.BOOLEAN;
import static io.github.keywharf.table.ColumnType.INT32;
import static io.github.keywharf.table.ColumnType.STRING;

import io.github.keywharf.pipeline.star.ColumnRule;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import java.util.List;
import java.util.Optional;

/** The tables of the Totesys specification, source and star, as declarations. */
final class TotesysTables {

    /** The eleven tables to ingest, in the order of the specification. */
    static final List<String> SOURCE_TABLES = List.of(
            "counterparty",
            "currency",
            "department",
            "design",
            "staff",
            "sales_order",
            "address",
            "payment",
            "purchase_order",
            "payment_type",
            "transaction");

    private static final ColumnType MONEY = ColumnType.decimal(10, 2);

    static final List<String> NAMES =
            all(Optional.empty(), "").stream().map(StarTable::canonical).toList();

    private TotesysTables() {}

    /** All star tables but the calendar, each after those it refers to. */
    static List<StarTable> all(Optional<String> currencyFallback, String placeholder) {
        return List.of(
                design(),
                paymentType(),
                location(),
                currency(currencyFallback),
                transaction(),
                staff(placeholder),
                counterparty(placeholder),
                salesOrder(),
                purchaseOrders(),
                payment());
    }

    private static StarTable design() {
        return StarTable.dimension("dim_design", "design")
                .key("design_id")
                .copy("design_name", STRING)
                .copy("file_location", STRING)
                .copy("file_name", STRING)
                .build();
    }

    private static StarTable paymentType() {
        return StarTable.dimension("dim_payment_type", "payment_type")
                .key("payment_type_id")
                .copy("payment_type_name", STRING)
                .build();
    }

    private static StarTable location() {
        return StarTable.dimension("dim_location", "address")
                .key("location_id", "address_id")
                .copy("address_line_1", STRING)
                .copyNullable("address_line_2", STRING)
                .copyNullable("district", STRING)
                .copy("city", STRING)
                .copy("postal_code", STRING)
                .copy("country", STRING)
                .copy("phone", STRING)
                .build();
    }

    private static StarTable currency(Optional<String> fallback) {
        return StarTable.dimension("dim_currency", "currency")
                .key("currency_id")
                .copy("currency_code", STRING)
                .add(Column.required("currency_name", STRING), new ColumnRule.CurrencyName("currency_code", fallback))
                .build();
    }

    private static StarTable transaction() {
        return StarTable.dimension("dim_transaction", "transaction")
                .key("transaction_id")
                .copy("transaction_type", STRING)
                .copyNullable("sales_order_id", INT32)
                .copyNullable("purchase_order_id", INT32)
                .build();
    }

    private static StarTable staff(String placeholder) {
        return StarTable.dimension("dim_staff", "staff")
                .key("staff_id")
                .copy("first_name", STRING)
                .copy("last_name", STRING)
                .add(Column.required("department_name", STRING), department("department_name", placeholder))
                .add(Column.required("location", STRING), department("location", placeholder))
                .copy("email_address", STRING)
                .build();
    }

    private static ColumnRule department(String column, String placeholder) {
        return new ColumnRule.Lookup("department_id", "department", "department_id", column, Optional.of(placeholder));
    }

    private static StarTable counterparty(String placeholder) {
        Optional<String> known = Optional.of(placeholder);
        return StarTable.dimension("dim_counterparty", "counterparty")
                .key("counterparty_id")
                .copy("counterparty_legal_name", STRING)
                .add(legal("address_line_1", false), address("address_line_1", known))
                .add(legal("address_line_2", true), address("address_line_2", Optional.empty()))
                .add(legal("district", true), address("district", Optional.empty()))
                .add(legal("city", false), address("city", known))
                .add(legal("postal_code", false), address("postal_code", known))
                .add(legal("country", false), address("country", known))
                .add(legal("phone_number", false), address("phone", known))
                .build();
    }

    private static Column legal(String column, boolean nullable) {
        return new Column("counterparty_legal_" + column, STRING, nullable);
    }

    private static ColumnRule address(String column, Optional<String> placeholder) {
        return new ColumnRule.Lookup("legal_address_id", "address", "address_id", column, placeholder);
    }

    private static StarTable salesOrder() {
        return StarTable.fact("fact_sales_order", "sales_order", "sales_record_id")
                .key("sales_order_id")
                .moment("created_date", "created_time", "created_at")
                .moment("last_updated_date", "last_updated_time", "last_updated")
                .refers("sales_staff_id", "staff_id", "dim_staff", "staff_id")
                .refers("counterparty_id", "counterparty_id", "dim_counterparty", "counterparty_id")
                .copy("units_sold", INT32)
                .copy("unit_price", MONEY)
                .refers("currency_id", "currency_id", "dim_currency", "currency_id")
                .refers("design_id", "design_id", "dim_design", "design_id")
                .day("agreed_payment_date")
                .day("agreed_delivery_date")
                .refers("agreed_delivery_location_id", "agreed_delivery_location_id", "dim_location", "location_id")
                .build();
    }

    private static StarTable purchaseOrders() {
        return StarTable.fact("fact_purchase_orders", "purchase_order", "purchase_record_id")
                .key("purchase_order_id")
                .moment("created_date", "created_time", "created_at")
                .moment("last_updated_date", "last_updated_time", "last_updated")
                .refers("staff_id", "staff_id", "dim_staff", "staff_id")
                .refers("counterparty_id", "counterparty_id", "dim_counterparty", "counterparty_id")
                .copy("item_code", STRING)
                .copy("item_quantity", INT32)
                .copy("item_unit_price", MONEY)
                .refers("currency_id", "currency_id", "dim_currency", "currency_id")
                .day("agreed_delivery_date")
                .day("agreed_payment_date")
                .refers("agreed_delivery_location_id", "agreed_delivery_location_id", "dim_location", "location_id")
                .build();
    }

    private static StarTable payment() {
        return StarTable.fact("fact_payment", "payment", "payment_record_id")
                .key("payment_id")
                .moment("created_date", "created_time", "created_at")
                .moment("last_updated_date", "last_updated_time", "last_updated")
                .refers("transaction_id", "transaction_id", "dim_transaction", "transaction_id")
                .refers("counterparty_id", "counterparty_id", "dim_counterparty", "counterparty_id")
                .copy("payment_amount", MONEY)
                .refers("currency_id", "currency_id", "dim_currency", "currency_id")
                .refers("payment_type_id", "payment_type_id", "dim_payment_type", "payment_type_id")
                .copy("paid", BOOLEAN)
                .day("payment_date")
                .build();
    }
}
