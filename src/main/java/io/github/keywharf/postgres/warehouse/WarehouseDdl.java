package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The statements that create a warehouse. */
final class WarehouseDdl {

    /** The control table of loaded batches. */
    static final String BATCHES = "keywharf_batch";

    /** By control table, the rights that loads need. */
    static final Map<String, List<String>> RIGHTS = Map.of(
            BATCHES,
            List.of("SELECT", "INSERT", "UPDATE"),
            Deletions.TABLE,
            List.of("SELECT", "INSERT", "UPDATE", "DELETE"),
            LateVersions.TABLE,
            List.of("SELECT", "INSERT"));

    private final String schema;
    private final boolean foreignKeys;

    WarehouseDdl(WarehouseSettings settings) {
        this.schema = settings.schema();
        this.foreignKeys = settings.foreignKeys();
    }

    String createSchema() {
        return "CREATE SCHEMA IF NOT EXISTS " + Quoted.name(schema);
    }

    /** By the name of what they create, the statements for the control tables. */
    Map<String, List<String>> controlTables() {
        String deletions = Quoted.name(schema, Deletions.TABLE);
        Map<String, List<String>> tables = new LinkedHashMap<>();
        tables.put(
                BATCHES,
                List.of("CREATE TABLE IF NOT EXISTS " + Quoted.name(schema, BATCHES) + " (flow text, batch bigint,"
                        + " loaded_at timestamptz NOT NULL DEFAULT now(), note jsonb NOT NULL DEFAULT '{}',"
                        + " PRIMARY KEY (flow, batch))"));
        tables.put(
                Deletions.TABLE,
                List.of(
                        "CREATE TABLE IF NOT EXISTS " + deletions
                                + " (table_name text NOT NULL, key_value text NOT NULL,"
                                + " last_record_id bigint, flow text NOT NULL, batch bigint NOT NULL,"
                                + " deleted_at timestamptz NOT NULL DEFAULT now(), restored_at timestamptz)",
                        "CREATE UNIQUE INDEX IF NOT EXISTS " + Quoted.name(Deletions.TABLE + "_open") + " ON "
                                + deletions + " (table_name, key_value) WHERE restored_at IS NULL"));
        tables.put(
                LateVersions.TABLE,
                List.of("CREATE TABLE IF NOT EXISTS " + LateVersions.quoted(schema)
                        + " (table_name text, record_id bigint, after_record_id bigint NOT NULL, flow text NOT NULL,"
                        + " batch bigint NOT NULL, added_at timestamptz NOT NULL DEFAULT now(),"
                        + " PRIMARY KEY (table_name, record_id))"));
        return tables;
    }

    String table(WarehouseTable table, LoadMode mode) {
        List<String> parts = new ArrayList<>();
        table.recordId().ifPresent(id -> parts.add(Quoted.name(id) + " serial PRIMARY KEY"));
        for (Column column : table.schema()) {
            boolean required = !column.nullable() || table.key().contains(column.name());
            parts.add(Quoted.name(column.name()) + " " + type(column.type()) + (required ? " NOT NULL" : ""));
        }
        if (!table.isFact()) {
            parts.add("PRIMARY KEY (" + Quoted.names(table.key()) + ")");
        } else if (mode == LoadMode.UPSERT || mode == LoadMode.ADD_MISSING) {
            parts.add("UNIQUE (" + Quoted.names(table.key()) + ")");
        }
        if (foreignKeys) {
            for (WarehouseTable.Reference reference : table.references()) {
                parts.add("FOREIGN KEY (" + Quoted.name(reference.column()) + ") REFERENCES "
                        + Quoted.name(schema, reference.table()) + " (" + Quoted.name(reference.target())
                        + ") DEFERRABLE INITIALLY IMMEDIATE");
            }
        }
        return "CREATE TABLE IF NOT EXISTS " + Quoted.name(schema, table.name()) + " (" + String.join(", ", parts)
                + ")";
    }

    static String viewName(WarehouseTable fact) {
        return "current_" + (fact.name().startsWith("fact_") ? fact.name().substring("fact_".length()) : fact.name());
    }

    /**
     * The view of a fact's current state: of each key the newest version, unless the key is deleted. The newest has the
     * greatest record id, save for versions that were stored late.
     *
     * @param target the fact as it is
     */
    String view(WarehouseTable fact, TargetTable target) {
        String id = Quoted.name(fact.recordId().orElseThrow());
        String key = Quoted.names(fact.key());
        List<String> columns = new ArrayList<>(List.of(fact.recordId().orElseThrow()));
        columns.addAll(fact.schema().names());
        return "CREATE OR REPLACE VIEW " + Quoted.name(schema, viewName(fact)) + " AS SELECT " + Quoted.names(columns)
                + " FROM (SELECT DISTINCT ON (" + key + ") " + Quoted.names(columns) + " FROM " + target.quoted()
                + " v WHERE NOT " + LateVersions.isSuperseded(schema, fact, target, "v") + " ORDER BY " + key + ", "
                + id + " DESC) f WHERE NOT EXISTS (SELECT FROM "
                + Quoted.name(schema, Deletions.TABLE) + " d WHERE d.table_name = " + Quoted.text(fact.name())
                + " AND d.restored_at IS NULL AND d.key_value = " + Deletions.keyText("f", fact.key(), target)
                + ")";
    }

    private static String type(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case FLOAT32 -> "real";
            case FLOAT64 -> "double precision";
            case DECIMAL -> "numeric(" + type.precision() + "," + type.scale() + ")";
            case STRING -> "varchar";
            case JSON -> "jsonb";
            case BYTES -> "bytea";
            case UUID -> "uuid";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP -> "timestamp";
            case TIMESTAMP_UTC -> "timestamptz";
            case LIST, MAP, STRUCT ->
                throw new IllegalArgumentException(
                        "A table has no column of type " + type + "; flatten it, or turn it into JSON");
        };
    }
}
