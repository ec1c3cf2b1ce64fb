package io.github.keywharf.sharing.usage;

import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The SQL of charts, as DuckDB and PostgreSQL both have it. */
final class UsageSql {

    private UsageSql() {}

    /** The table's columns, with times of day in UTC whatever the time zone of who asks. */
    static String dataset(UsageCharts charts) {
        return charts.schema().columns().stream()
                        .map(UsageSql::selected)
                        .collect(Collectors.joining(",\n  ", "SELECT\n  ", "\nFROM "))
                + List.of(charts.table().split("\\.", -1)).stream()
                        .map(Identifiers::quote)
                        .collect(Collectors.joining("."));
    }

    private static String selected(Column column) {
        String name = Identifiers.quote(column.name());
        if (column.name().equals(UsageLog.ACTIVITY)) {
            return FormerNames.sql(name) + " AS " + name;
        }
        return column.type().kind() == ColumnType.Kind.TIMESTAMP_UTC ? name + " AT TIME ZONE 'UTC' AS " + name : name;
    }

    /** The measure as an expression over the dataset. */
    static String expression(UsageMeasure measure) {
        String column = Identifiers.quote(measure.column());
        String sum = measure.where().isEmpty()
                ? "SUM(" + column + ")"
                : "SUM(CASE WHEN " + condition(measure.where()) + " THEN " + column + " END)";
        return measure.divisor() == 1 ? sum : sum + " / " + measure.divisor() + ".0";
    }

    private static String condition(Map<String, List<String>> where) {
        return where.entrySet().stream()
                .map(test -> Identifiers.quote(test.getKey()) + " IN "
                        + test.getValue().stream()
                                .map(text -> "'" + text.replace("'", "''") + "'")
                                .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.joining(" AND "));
    }

    /** What Superset shows as the column's type. */
    static String type(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case FLOAT32 -> "REAL";
            case FLOAT64 -> "DOUBLE PRECISION";
            case DECIMAL -> "DECIMAL(" + type.precision() + ", " + type.scale() + ")";
            case DATE -> "DATE";
            case TIME -> "TIME";
            case TIMESTAMP, TIMESTAMP_UTC -> "TIMESTAMP";
            default -> "VARCHAR";
        };
    }
}
