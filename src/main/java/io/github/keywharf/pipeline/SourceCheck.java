package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.star.StarTables;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds the source's tables against what the star schema expects of them. */
final class SourceCheck {

    private SourceCheck() {}

    /** By table, in a sentence, what keeps it from being read; tables that are as expected are not in the map. */
    static Map<String, String> faults(StarTables star, Map<String, SourceTable> found, Iterable<String> wanted) {
        Map<String, String> faults = new LinkedHashMap<>();
        for (String table : wanted) {
            SourceTable source = found.get(table);
            if (source == null) {
                faults.put(
                        table,
                        "The source has no table '" + table + "'. Create it, or name the tables to read in tables(…)");
            } else if (!source.readable()) {
                faults.put(
                        table,
                        "The source's user may not read table '" + table
                                + "' in full. Grant it SELECT on all columns and, where the table has row-level security"
                                + " policies, BYPASSRLS; the table is left out until then, and nothing of it is lost");
            } else {
                fault(star.needs(table), source).ifPresent(fault -> faults.put(table, fault));
            }
        }
        return faults;
    }

    /** A number without a precision is read as its text, and converted when the star table is made. */
    private static boolean isNumberAsText(Column column, ColumnType.Kind kind) {
        return kind == ColumnType.Kind.DECIMAL && column.type().kind() == ColumnType.Kind.STRING;
    }

    private static Optional<String> fault(Map<String, ColumnType.Kind> needs, SourceTable source) {
        List<String> faults = new ArrayList<>();
        needs.forEach((name, kind) -> {
            if (!source.schema().contains(name)) {
                faults.add("column '" + name + "' is missing");
                return;
            }
            Column column = source.schema().column(name);
            if (column.type().kind() != kind && !isNumberAsText(column, kind)) {
                faults.add("column '" + name + "' is " + column.type() + ", but "
                        + kind.name().toLowerCase(java.util.Locale.ROOT) + " is expected");
            }
        });
        return faults.isEmpty()
                ? Optional.empty()
                : Optional.of("The table is not as expected: " + String.join("; ", faults)
                        + ". It is left out until the source or the star schema is corrected; nothing of it is lost");
    }
}
