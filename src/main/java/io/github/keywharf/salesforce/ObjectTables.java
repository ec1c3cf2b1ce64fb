package io.github.keywharf.salesforce;

import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tables that take a copy of an object, as statements. Names are quoted, as those of fields have capitals. */
final class ObjectTables {
    private static final Pattern TABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(?:\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");

    private ObjectTables() {}

    static String postgres(String table, Schema schema) {
        return statement(table, schema, type -> switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case FLOAT64 -> "double precision";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP_UTC -> "timestamptz";
            case JSON -> "jsonb";
            default -> "text";
        });
    }

    static String cassandra(String table, Schema schema) {
        return statement(table, schema, type -> switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT32 -> "int";
            case INT64 -> "bigint";
            case FLOAT64 -> "double";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP_UTC -> "timestamp";
            default -> "text";
        });
    }

    private static String statement(String table, Schema schema, Function<ColumnType, String> types) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(table, 80)
                    + "' is not a table's name: letters, digits and underscores, perhaps after a schema and a point");
        }
        return schema.columns().stream()
                .map(column -> "    \"" + column.name() + "\" " + types.apply(column.type())
                        + (column.name().equals(ObjectFields.ID) ? " PRIMARY KEY" : ""))
                .collect(Collectors.joining(",\n", "CREATE TABLE " + table + " (\n", "\n)"));
    }
}
