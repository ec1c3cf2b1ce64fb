package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.contract.WarehouseContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract by the statements for servers whose MERGE does not report what it did, and with foreign keys kept on. */
class PgWarehouseOlderServerTest extends WarehouseContract {

    private final TestDatabase database = new TestDatabase();
    private final Warehouse warehouse =
            database.database().warehouse().version(14).withPauseForeignKeys(false);

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
    void check_finds_a_fact_without_a_unique_key_before_a_load_fails() {
        WarehouseTable fact = new WarehouseTable(
                "fact_item",
                Schema.of(Column.required("item_id", ColumnType.INT32), Column.nullable("units", ColumnType.INT32)),
                List.of("item_id"),
                Optional.of("item_record_id"),
                List.of());
        warehouse.create(List.of(fact), LoadMode.APPEND_VERSIONS);
        assertThat(warehouse.check(List.of(fact), LoadMode.APPEND_VERSIONS)).isEmpty();
        assertThat(warehouse.check(List.of(fact), LoadMode.UPSERT).get("fact_item"))
                .contains("nothing keeps [item_id] unique", "CREATE UNIQUE INDEX ON");
        try (WarehouseLoad load = warehouse.begin("flow", 1, Map.of())) {
            assertThatThrownBy(() ->
                            load.load(fact, LoadMode.UPSERT, Coverage.partial(), Rows.empty(fact.schema()), row -> {}))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.table_mismatch"))
                    .hasMessageContaining("CREATE UNIQUE INDEX");
        }
        database.execute("CREATE UNIQUE INDEX ON fact_item (item_id)");
        assertThat(warehouse.check(List.of(fact), LoadMode.UPSERT)).isEmpty();
    }
}
