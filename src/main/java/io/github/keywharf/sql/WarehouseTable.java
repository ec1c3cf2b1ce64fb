package io.github.keywharf.sql;

import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Table of a warehouse, as a load sees it.
 *
 * @param name name in the warehouse
 * @param schema columns that a load fills, in order
 * @param key columns that identify the source row; unique in a dimension, not in a fact
 * @param recordId column that numbers the rows of a fact in the order in which they were written; empty for a dimension
 * @param references foreign keys
 */
public record WarehouseTable(
        String name, Schema schema, List<String> key, Optional<String> recordId, List<Reference> references) {

    /**
     * Foreign key of one column.
     *
     * @param column column of this table
     * @param table referenced table
     * @param target referenced key column
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

    /** Returns true for a fact, whose rows are numbered, and false for a dimension. */
    public boolean isFact() {
        return recordId.isPresent();
    }
}
