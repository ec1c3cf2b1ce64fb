package io.github.keywharf.postgres;

import java.util.Objects;

/**
 * How a warehouse is laid out and loaded. Setters return this object.
 *
 * <p>Defaults: schema {@value #DEFAULT_SCHEMA}, foreign keys created, and paused while an empty fact is filled.
 */
public final class WarehouseOptions {

    /** Where PostgreSQL itself puts tables when nothing else is said. */
    public static final String DEFAULT_SCHEMA = "public";

    private String schema = DEFAULT_SCHEMA;
    private boolean foreignKeys = true;
    private boolean pauseForeignKeys = true;
    private int version = Integer.MAX_VALUE;

    WarehouseOptions() {}

    /** The schema of the warehouse's tables, views and control tables; created when it is missing. */
    public WarehouseOptions schema(String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("The schema's name is blank");
        }
        schema = Objects.requireNonNull(value, "schema");
        return this;
    }

    /**
     * Whether tables are created with foreign keys, {@code DEFERRABLE INITIALLY IMMEDIATE}. References are checked
     * before rows are sent either way; the keys also guard against everybody else, and cost the server a look-up for
     * each key of each row.
     */
    public WarehouseOptions foreignKeys(boolean value) {
        foreignKeys = value;
        return this;
    }

    /**
     * Whether the foreign keys of an empty fact are taken off while it is filled, and added again, checked, in the same
     * transaction. It needs the fact's owner, and keeps readers of the tables it refers to waiting until the commit;
     * while such readers are busy, the keys stay on.
     */
    public WarehouseOptions pauseForeignKeys(boolean value) {
        pauseForeignKeys = value;
        return this;
    }

    /** Takes the server for an older one. */
    WarehouseOptions version(int value) {
        version = value;
        return this;
    }

    int versionOf(int real) {
        return Math.min(version, real);
    }

    String schema() {
        return schema;
    }

    boolean foreignKeys() {
        return foreignKeys;
    }

    boolean pauseForeignKeys() {
        return pauseForeignKeys;
    }

    @Override
    public String toString() {
        return "WarehouseOptions[schema " + schema + ", foreign keys " + (foreignKeys ? "created" : "not created")
                + "]";
    }
}
