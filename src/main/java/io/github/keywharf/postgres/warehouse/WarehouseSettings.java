package io.github.keywharf.postgres.warehouse;

/**
 * How a warehouse is laid out and loaded.
 *
 * @param schema of its tables, views and control tables
 * @param foreignKeys whether tables are created with foreign keys
 * @param pauseForeignKeys whether those of an empty fact are taken off while it is filled
 * @param newest the server is taken for this version if it is newer
 */
record WarehouseSettings(String schema, boolean foreignKeys, boolean pauseForeignKeys, int newest) {

    WarehouseSettings {
        if (schema.isBlank()) {
            throw new IllegalArgumentException("The schema's name is blank");
        }
    }

    WarehouseSettings withSchema(String value) {
        return new WarehouseSettings(value, foreignKeys, pauseForeignKeys, newest);
    }

    WarehouseSettings withForeignKeys(boolean value) {
        return new WarehouseSettings(schema, value, pauseForeignKeys, newest);
    }

    WarehouseSettings withPauseForeignKeys(boolean value) {
        return new WarehouseSettings(schema, foreignKeys, value, newest);
    }

    WarehouseSettings withNewest(int value) {
        return new WarehouseSettings(schema, foreignKeys, pauseForeignKeys, value);
    }

    int versionOf(int real) {
        return Math.min(newest, real);
    }
}
