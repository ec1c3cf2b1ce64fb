package io.github.keywharf.sql;

import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A table of a warehouse, as a load needs to know it.
 *
 * @param name its name in the warehouse
 * @param schema the columns that a load fills, in order
 * @param key the columns that identify which thing of the source a row is about; unique for dimensions, not for facts
 * @param recordId the column that numbers the rows of a fact in the order they were written; empty for dimensions
 * @param references which columns refer to which other tables
 */
public record WarehouseTable(
        String name, Schema schema, List<String> key, Optional<String> recordId, List<Reference> references) {

    /**
     * A foreign key of one column.
     *
     * @param column of this table
     * @param table referred to
     * @param target the key column referred to
     */
    public record Reference(String column, String table, String target) {}

    /** Copies the lists and checks that the key is among the columns. */
    public WarehouseTable {
        Objects.requireNonNull(recordId, "recordId");
        key = List.copyOf(key);
        references = List.copyOf(references);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("Warehouse table '" + name + "' needs a key");
        }
        schema.select(key);
    }

    /** Whether this is a fact, whose rows are numbered, rather than a dimension. */
    public boolean isFact() {
        return recordId.isPresent();
    }
}
