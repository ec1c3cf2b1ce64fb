package io.github.keywharf.testing.totesys;

import java.util.List;
import java.util.Map;

/** The tables of Totesys as its live database has them: column orders, types, foreign keys and sequences. */
final class TotesysSchema {
    /** All tables, each after those it refers to. */
    static final List<String> TABLES = List.of(
            "address",
            "department",
            "currency",
            "payment_type",
            "design",
            "staff",
            "counterparty",
            "sales_order",
            "purchase_order",
            "transaction",
            "payment");

    /** Columns by table, in the table's own order. The first one is the key. */
    static final Map<String, List<String>> COLUMNS = Map.ofEntries(
            columns(
                    "address",
                    "address_id address_line_1 address_line_2 district city postal_code country phone created_at last_updated"),
            columns("department", "department_id department_name location manager created_at last_updated"),
            columns("currency", "currency_id currency_code created_at last_updated"),
            columns("payment_type", "payment_type_id payment_type_name created_at last_updated"),
            columns("design", "design_id created_at design_name file_location file_name last_updated"),
            columns("staff", "staff_id first_name last_name department_id email_address created_at last_updated"),
            columns(
                    "counterparty",
                    "counterparty_id counterparty_legal_name legal_address_id commercial_contact delivery_contact"
                            + " created_at last_updated"),
            columns(
                    "sales_order",
                    "sales_order_id created_at last_updated design_id staff_id counterparty_id units_sold unit_price"
                            + " currency_id agreed_delivery_date agreed_payment_date agreed_delivery_location_id"),
            columns(
                    "purchase_order",
                    "purchase_order_id created_at last_updated staff_id counterparty_id item_code item_quantity"
                            + " item_unit_price currency_id agreed_delivery_date agreed_payment_date"
                            + " agreed_delivery_location_id"),
            columns(
                    "transaction",
                    "transaction_id transaction_type sales_order_id purchase_order_id created_at last_updated"),
            columns(
                    "payment",
                    "payment_id created_at last_updated transaction_id counterparty_id payment_amount currency_id"
                            + " payment_type_id paid payment_date company_ac_number counterparty_ac_number"));

    /** Statements that create the schema in an empty database. */
    static final List<String> DDL = List.of(
            """
            CREATE TYPE "PaymentTypeName" AS ENUM
                ('SALES_RECEIPT', 'SALES_REFUND', 'PURCHASE_PAYMENT', 'PURCHASE_REFUND')""",
            """
            CREATE TYPE "TransactionType" AS ENUM ('SALE', 'PURCHASE')""",
            """
            CREATE TABLE _prisma_migrations (
                id varchar(36) PRIMARY KEY,
                checksum varchar(64) NOT NULL,
                finished_at timestamptz,
                migration_name varchar(255) NOT NULL,
                logs text,
                rolled_back_at timestamptz,
                started_at timestamptz NOT NULL DEFAULT now(),
                applied_steps_count integer NOT NULL DEFAULT 0)""",
            """
            CREATE TABLE address (
                address_id serial PRIMARY KEY,
                address_line_1 text NOT NULL,
                address_line_2 text,
                district text,
                city text NOT NULL,
                postal_code text NOT NULL,
                country text NOT NULL,
                phone text NOT NULL,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL)""",
            """
            CREATE TABLE department (
                department_id serial PRIMARY KEY,
                department_name text NOT NULL,
                location text,
                manager text,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL)""",
            """
            CREATE TABLE currency (
                currency_id serial PRIMARY KEY,
                currency_code varchar(3) NOT NULL,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL)""",
            """
            CREATE TABLE payment_type (
                payment_type_id serial PRIMARY KEY,
                payment_type_name "PaymentTypeName" NOT NULL,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL)""",
            """
            CREATE TABLE design (
                design_id serial PRIMARY KEY,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                design_name text NOT NULL,
                file_location text NOT NULL,
                file_name text NOT NULL,
                last_updated timestamp(3) NOT NULL)""",
            """
            CREATE TABLE staff (
                staff_id serial PRIMARY KEY,
                first_name text NOT NULL,
                last_name text NOT NULL,
                department_id integer NOT NULL
                    REFERENCES department ON UPDATE CASCADE ON DELETE RESTRICT,
                email_address text NOT NULL,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL)""",
            """
            CREATE TABLE counterparty (
                counterparty_id serial PRIMARY KEY,
                counterparty_legal_name text NOT NULL,
                legal_address_id integer NOT NULL
                    REFERENCES address ON UPDATE CASCADE ON DELETE RESTRICT,
                commercial_contact text,
                delivery_contact text,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL)""",
            """
            CREATE TABLE sales_order (
                sales_order_id serial PRIMARY KEY,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL,
                design_id integer NOT NULL REFERENCES design ON UPDATE CASCADE ON DELETE RESTRICT,
                staff_id integer NOT NULL REFERENCES staff ON UPDATE CASCADE ON DELETE RESTRICT,
                counterparty_id integer NOT NULL
                    REFERENCES counterparty ON UPDATE CASCADE ON DELETE RESTRICT,
                units_sold integer NOT NULL,
                unit_price numeric(10,2) NOT NULL,
                currency_id integer NOT NULL REFERENCES currency ON UPDATE CASCADE ON DELETE RESTRICT,
                agreed_delivery_date text NOT NULL,
                agreed_payment_date text NOT NULL,
                agreed_delivery_location_id integer NOT NULL
                    REFERENCES address ON UPDATE CASCADE ON DELETE RESTRICT)""",
            """
            CREATE TABLE purchase_order (
                purchase_order_id serial PRIMARY KEY,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL,
                staff_id integer NOT NULL REFERENCES staff ON UPDATE CASCADE ON DELETE RESTRICT,
                counterparty_id integer NOT NULL
                    REFERENCES counterparty ON UPDATE CASCADE ON DELETE RESTRICT,
                item_code text NOT NULL,
                item_quantity integer NOT NULL,
                item_unit_price numeric(10,2) NOT NULL,
                currency_id integer NOT NULL REFERENCES currency ON UPDATE CASCADE ON DELETE RESTRICT,
                agreed_delivery_date text NOT NULL,
                agreed_payment_date text NOT NULL,
                agreed_delivery_location_id integer NOT NULL
                    REFERENCES address ON UPDATE CASCADE ON DELETE RESTRICT)""",
            """
            CREATE TABLE transaction (
                transaction_id serial PRIMARY KEY,
                transaction_type "TransactionType" NOT NULL,
                sales_order_id integer REFERENCES sales_order ON UPDATE CASCADE ON DELETE SET NULL,
                purchase_order_id integer REFERENCES purchase_order ON UPDATE CASCADE ON DELETE SET NULL,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL)""",
            "CREATE UNIQUE INDEX transaction_sales_order_id_key ON transaction (sales_order_id)",
            "CREATE UNIQUE INDEX transaction_purchase_order_id_key ON transaction (purchase_order_id)",
            """
            CREATE TABLE payment (
                payment_id serial PRIMARY KEY,
                created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                last_updated timestamp(3) NOT NULL,
                transaction_id integer NOT NULL
                    REFERENCES transaction ON UPDATE CASCADE ON DELETE RESTRICT,
                counterparty_id integer NOT NULL
                    REFERENCES counterparty ON UPDATE CASCADE ON DELETE RESTRICT,
                payment_amount numeric(10,2) NOT NULL,
                currency_id integer NOT NULL REFERENCES currency ON UPDATE CASCADE ON DELETE RESTRICT,
                payment_type_id integer NOT NULL
                    REFERENCES payment_type ON UPDATE CASCADE ON DELETE RESTRICT,
                paid boolean NOT NULL,
                payment_date text NOT NULL,
                company_ac_number integer NOT NULL,
                counterparty_ac_number integer NOT NULL)""",
            "CREATE UNIQUE INDEX payment_transaction_id_key ON payment (transaction_id)",
            """
            INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
            VALUES ('9f1c5a52-0e0b-4b0e-8a35-5d1f3f0b7c11', repeat('0', 64), '2022-11-03 14:20:40+00',
                '20221103142000_init', '2022-11-03 14:20:39+00', 1)""");

    private TotesysSchema() {}

    static int index(String table, String column) {
        int index = columns(table).indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("[totesys] table " + table + " has no column " + column);
        }
        return index;
    }

    static List<String> columns(String table) {
        List<String> columns = COLUMNS.get(table);
        if (columns == null) {
            throw new IllegalArgumentException("[totesys] there is no table " + table);
        }
        return columns;
    }

    static String key(String table) {
        return columns(table).get(0);
    }

    static String sequence(String table) {
        return table + "_" + key(table) + "_seq";
    }

    private static Map.Entry<String, List<String>> columns(String table, String names) {
        return Map.entry(table, List.of(names.split(" ")));
    }
}
