package io.github.keywharf.postgres;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.postgres.warehouse.PgWarehouse;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A warehouse in one schema of a PostgreSQL database: {@code database.warehouse().withSchema("star")}.
 *
 * <p>Defaults: schema {@value PostgresDatabase#DEFAULT_SCHEMA}, foreign keys created, and paused while an empty fact is
 * filled. Opens connections of its database as it needs them. Immutable and thread-safe.
 */
public final class PostgresWarehouse implements Warehouse {

    private final PgWarehouse warehouse;

    PostgresWarehouse(PgWarehouse warehouse) {
        this.warehouse = warehouse;
    }

    /** This warehouse in another schema, of its tables, views and control tables; it is created when it is missing. */
    @CheckReturnValue
    public PostgresWarehouse withSchema(String schema) {
        return new PostgresWarehouse(warehouse.withSchema(schema));
    }

    /**
     * This warehouse, with tables created with foreign keys, {@code DEFERRABLE INITIALLY IMMEDIATE}, or without. References
     * are checked before rows are sent either way; the keys also guard against everybody else, and cost the server a
     * look-up for each key of each row.
     */
    @CheckReturnValue
    public PostgresWarehouse withForeignKeys(boolean created) {
        return new PostgresWarehouse(warehouse.withForeignKeys(created));
    }

    /**
     * This warehouse, with the foreign keys of an empty fact taken off while it is filled, and added again, checked, in the
     * same transaction, or left on. It needs the fact's owner, and keeps readers of the tables it refers to waiting until
     * the commit; while such readers are busy, the keys stay on.
     */
    @CheckReturnValue
    public PostgresWarehouse withPauseForeignKeys(boolean paused) {
        return new PostgresWarehouse(warehouse.withPauseForeignKeys(paused));
    }

    /** This warehouse on a server that is taken for an older one. */
    PostgresWarehouse version(int value) {
        return new PostgresWarehouse(warehouse.withNewest(value));
    }

    @Override
    public String name() {
        return warehouse.name();
    }

    @Override
    public List<String> create(List<WarehouseTable> tables, LoadMode mode) {
        return warehouse.create(tables, mode);
    }

    @Override
    public Map<String, String> check(List<WarehouseTable> tables) {
        return warehouse.check(tables);
    }

    @Override
    public Map<String, String> check(List<WarehouseTable> tables, LoadMode facts) {
        return warehouse.check(tables, facts);
    }

    @Override
    public Optional<LoadedBatch> newestLoaded(String flow) {
        return warehouse.newestLoaded(flow);
    }

    @Override
    public WarehouseLoad begin(String flow, long batch, Map<String, String> note) {
        return warehouse.begin(flow, batch, note);
    }

    @Override
    public WarehouseLoad begin(String flow, long batch, Map<String, String> note, Takeover takeover) {
        return warehouse.begin(flow, batch, note, takeover);
    }

    @Override
    public String toString() {
        return warehouse.toString();
    }
}
