package io.github.keywharf.postgres.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.postgres.TestDatabase;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseLoad.TableLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.testing.contract.WarehouseContract;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract in a schema of its own without foreign keys, and what goes wrong between a load and a server. */
class PgWarehouseFaultsTest extends WarehouseContract {

    private final TestDatabase database = new TestDatabase();
    private final Warehouse warehouse =
            database.database().warehouse().withSchema("dw").withForeignKeys(false);

    PgWarehouseFaultsTest() {
        database.execute("ALTER DATABASE " + database.name() + " SET search_path = dw, public");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Override
    protected Warehouse warehouse() {
        return warehouse;
    }

    @Override
    protected List<String> query(String sql) {
        return database.query(sql);
    }

    @Test
    void what_a_check_or_a_trigger_refuses_is_rejected_in_the_servers_words_and_the_rest_is_loaded() {
        database.execute(
                "CREATE SCHEMA dw",
                "CREATE TABLE dw.fact_sale (sale_record_id serial PRIMARY KEY, sale_id int NOT NULL, currency_id int,"
                        + " price numeric(10,2) CHECK (price <> 13), due date)");
        warehouse.create(TABLES, LoadMode.APPEND_VERSIONS);
        load(CURRENCY, LoadMode.UPSERT, false, rows(CURRENCY, currency(1, "GBP")));
        TableLoad load = load(
                SALES,
                LoadMode.APPEND_VERSIONS,
                false,
                rows(SALES, sale(1, 1, "1"), sale(2, 1, "13"), sale(3, 1, "3"), sale(4, 1, "13"), sale(5, 1, "5")));
        assertThat(load).isEqualTo(new TableLoad(5, 3, 0, 0, 2, 0));
        assertThat(rejects).extracting(row -> row.position()).containsExactly(2L, 4L);
        assertThat(rejects.get(0).reason()).contains("check constraint");
        assertThat(rejects.get(0).row()).containsEntry("price", new BigDecimal("13.00"));
        assertThat(query("SELECT sale_id FROM fact_sale ORDER BY sale_record_id"))
                .containsExactly("1", "3", "5");
    }

    @Test
    void a_warehouse_made_by_others_takes_loads_and_keeps_its_shape() {
        database.execute(
                "CREATE SCHEMA dw",
                "CREATE TABLE dw.dim_currency (currency_id int PRIMARY KEY, currency_code varchar(3) NOT NULL, note"
                        + " text)",
                "CREATE TABLE dw.fact_purchase_order (purchase_record_id serial PRIMARY KEY, sale_id bigint NOT NULL,"
                        + " currency_id int NOT NULL REFERENCES dw.dim_currency (currency_id), price numeric, due date)");
        WarehouseTable purchases = new WarehouseTable(
                "fact_purchase_order",
                SALES.schema(),
                SALES.key(),
                Optional.of("purchase_record_id"),
                SALES.references());
        List<WarehouseTable> tables = List.of(CURRENCY, purchases);
        assertThat(warehouse.check(tables)).isEmpty();
        assertThat(warehouse.create(tables, LoadMode.APPEND_VERSIONS))
                .noneMatch(sql -> sql.startsWith("CREATE TABLE IF NOT EXISTS \"dw\".\"fact"));
        load(CURRENCY, LoadMode.UPSERT, false, rows(CURRENCY, currency(1, "GBP"), currency(2, "EURO")));
        assertThat(rejects)
                .singleElement()
                .satisfies(row -> assertThat(row.reason()).contains("4 characters"));
        load(purchases, LoadMode.APPEND_VERSIONS, false, rows(purchases, sale(1, 1, "1.5"), sale(2, 2, "2.5")));
        load(purchases, LoadMode.APPEND_VERSIONS, false, rows(purchases, sale(1, 1, "1.50"), sale(3, 1, "3.5")));
        assertThat(query("SELECT sale_id, price::text FROM fact_purchase_order ORDER BY 1"))
                .containsExactly("1|1.50", "3|3.50");
        assertThat(query("SELECT convalidated FROM pg_constraint WHERE contype = 'f'"))
                .containsExactly("t");
    }

    @Test
    void check_names_the_rights_on_control_tables_that_are_missing() {
        warehouse.create(List.of(CURRENCY, SALES), LoadMode.APPEND_VERSIONS);
        String role = database.name() + "_loader";
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'loader-secret'",
                "GRANT USAGE ON SCHEMA dw TO " + role,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dw TO " + role,
                "REVOKE UPDATE ON dw.keywharf_batch FROM " + role,
                "REVOKE UPDATE, DELETE ON dw.keywharf_deletion FROM " + role);
        try (PostgresDatabase loader = database.as(role, "loader-secret")) {
            assertThat(loader.warehouse().withSchema("dw").check(List.of(CURRENCY, SALES)))
                    .containsOnlyKeys("keywharf_batch", "keywharf_deletion")
                    .hasEntrySatisfying(
                            "keywharf_batch", problem -> assertThat(problem).contains("'" + role + "' may not UPDATE"))
                    .hasEntrySatisfying(
                            "keywharf_deletion", problem -> assertThat(problem).contains("may not UPDATE, DELETE"));
        } finally {
            database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void check_reports_what_does_not_fit() {
        database.execute(
                "CREATE SCHEMA dw",
                "CREATE TABLE dw.dim_currency (currency_id int, currency_code int, who text NOT NULL)");
        assertThat(warehouse.check(List.of(CURRENCY)).get("dim_currency"))
                .contains("'currency_code' is integer, which does not take string", "'note' is missing")
                .contains("'who' needs a value", "unique");
        warehouse.create(List.of(), LoadMode.UPSERT);
        try (WarehouseLoad load = warehouse.begin(FLOW, 1, Map.of())) {
            assertThatThrownBy(() -> load.load(
                            CURRENCY,
                            LoadMode.UPSERT,
                            Coverage.partial(),
                            rows(CURRENCY, currency(1, "A")),
                            rejects::add))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.table_mismatch"));
        }
    }

    @Test
    void a_killed_backend_leaves_nothing_and_a_lost_commit_says_that_it_is_unknown() {
        warehouse.create(TABLES, LoadMode.APPEND_VERSIONS);
        load(CURRENCY, LoadMode.UPSERT, false, rows(CURRENCY, currency(1, "GBP")));
        try (WarehouseLoad load = warehouse.begin(FLOW, 5, Map.of())) {
            load.load(SALES, LoadMode.APPEND_VERSIONS, Coverage.partial(), rows(SALES, sale(1, 1, "1")), rejects::add);
            database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'keywharf' AND datname = current_database()");
            assertThatThrownBy(load::commit)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.commit_unknown"))
                    .hasMessageContaining("load it again, which is safe");
        }
        assertThat(query("SELECT * FROM fact_sale")).isEmpty();
        assertThat(warehouse.newestLoaded(FLOW))
                .map(Warehouse.LoadedBatch::number)
                .get()
                .isNotEqualTo(5L);
    }

    @Test
    void without_control_tables_a_load_says_what_to_do() {
        assertThatThrownBy(() -> warehouse.begin(FLOW, 1, Map.of()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.no_control_tables"))
                .hasMessageContaining("create it by createWarehouse()");
    }

    @Test
    void a_role_that_may_not_create_or_write_gets_an_error() {
        warehouse.create(TABLES, LoadMode.APPEND_VERSIONS);
        String role = "reader_" + database.name();
        TestDatabase.server()
                .createRole(
                        database.name(),
                        role,
                        "secret-word",
                        "GRANT USAGE ON SCHEMA dw TO " + role,
                        "GRANT SELECT ON ALL TABLES IN SCHEMA dw TO " + role);
        try (PostgresDatabase reader = database.as(role, "secret-word")) {
            Warehouse other = reader.warehouse().withSchema("dw");
            assertThat(other.create(TABLES, LoadMode.APPEND_VERSIONS)).isEmpty();
            assertThatThrownBy(() -> other.begin(FLOW, 1, Map.of()))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.not_permitted"));
            assertThatThrownBy(() -> reader.warehouse().withSchema("own").create(TABLES, LoadMode.UPSERT))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.not_permitted"));
        }
        database.execute("DROP OWNED BY " + role);
    }

    @Test
    void a_load_whose_owner_lost_the_right_is_ended_where_that_is_permitted_and_named_where_not() {
        warehouse.create(TABLES, LoadMode.APPEND_VERSIONS);
        Warehouse.Takeover takeover =
                new Warehouse.Takeover(java.time.Duration.ofMillis(100), java.time.Duration.ofMinutes(1), () -> {});
        String role = "loader_" + database.name();
        TestDatabase.server()
                .createRole(
                        database.name(),
                        role,
                        "secret-word",
                        "GRANT USAGE ON SCHEMA dw TO " + role,
                        "GRANT ALL ON ALL TABLES IN SCHEMA dw TO " + role);
        try (PostgresDatabase weak = database.as(role, "secret-word");
                WarehouseLoad stuck = warehouse.begin(FLOW, 1, Map.of())) {
            Warehouse other = weak.warehouse().withSchema("dw");
            assertThatThrownBy(() -> other.begin(FLOW, 1, Map.of(), takeover))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.load_blocked"))
                    .hasMessageContaining("SELECT pg_terminate_backend(");
            assertThatThrownBy(() -> warehouse.begin(
                            FLOW,
                            1,
                            Map.of(),
                            new Warehouse.Takeover(
                                    java.time.Duration.ofMillis(100), java.time.Duration.ofMinutes(1), () -> {
                                        throw new IllegalStateException("the right is lost");
                                    })))
                    .hasMessageContaining("the right is lost");
            try (WarehouseLoad next = warehouse.begin(FLOW, 1, Map.of(), takeover)) {
                assertThat(next.alreadyLoaded()).isFalse();
                next.commit();
            }
            assertThatThrownBy(stuck::commit).isInstanceOf(KeywharfException.class);
        }
        database.execute("DROP OWNED BY " + role);
    }

    @Test
    void the_note_of_a_batch_stands_in_the_book() {
        warehouse.create(TABLES, LoadMode.UPSERT);
        try (WarehouseLoad load = warehouse.begin(FLOW, 6, Map.of("window \"end\"", "it's noon"))) {
            load.commit();
        }
        assertThat(query("SELECT note ->> 'window \"end\"' FROM keywharf_batch"))
                .containsExactly("it's noon");
    }
}
